// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

// reroute does once what the server does every few seconds.
func (w *world) reroute(t *testing.T) {
	t.Helper()
	r := activities.Rerouter{Store: w.DB.DB, Commit: w.Commit, Log: slog.New(slog.DiscardHandler), Every: time.Second}
	require.NoError(t, r.Once(t.Context()))
}

// away enters an absence from now on and returns its path.
func (w *world) away(t *testing.T, by, who, substitute string) string {
	t.Helper()
	made := into[struct {
		ID uuid.UUID `json:"id"`
	}](t, w.ask(t, by, "POST", "/v1/absences", map[string]any{
		"person": w.People[who], "substitute": w.People[substitute], "starts_at": time.Now().Add(-time.Hour), "ends_at": time.Now().Add(48 * time.Hour), "reason": "on leave",
	}), http.StatusCreated)
	return "/v1/absences/" + made.ID.String()
}

// held says who holds a task, and for whom.
func (w *world) held(t *testing.T, task string) (assignee, owner string) {
	t.Helper()
	view := into[api.Task](t, w.ask(t, "helga", "GET", task, nil), http.StatusOK)
	if view.Assignee != nil {
		assignee = view.Assignee.Name
	}
	if view.Owner != nil {
		owner = view.Owner.Name
	}
	return assignee, owner
}

// claimed files a request and lets somebody take its approval.
func (w *world) claimed(t *testing.T, who string) (record api.Record, task string) {
	t.Helper()
	record = w.fileRequest(t)
	task = "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.ask(t, who, "POST", task+"/claim", nil), http.StatusOK)
	return record, task
}

// A substitute acts as himself, for the absent one, and both names stand in the trail and in the signature.
func TestATaskOfAnAbsentPersonGoesToTheSubstitute(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record, task := w.claimed(t, "quentin")
	w.reroute(t)
	assignee, _ := w.held(t, task)
	require.Equal(t, "Quentin Quade", assignee, "nobody is away")
	w.away(t, "quentin", "quentin", "qadir")
	w.reroute(t)
	w.reroute(t)
	assignee, owner := w.held(t, task)
	require.Equal(t, "Qadir Qureshi", assignee)
	require.Equal(t, "Quentin Quade", owner)

	events := all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?record="+record.ID.String()+"&action=task.reroute")
	require.Len(t, events, 1, "once, however often it is looked")
	require.Equal(t, "Quentin Quade", events[0].Actor.OnBehalfOf.Name)
	require.Equal(t, w.People["qadir"].String(), events[0].Changes[0].New)
	require.Equal(t, ledger.SourceTimer, events[0].Source)

	verdict := map[string]any{"outcome": "approved"}
	sheet := into[models.IntentResult](t, w.ask(t, "qadir", "POST", task+"/signing", verdict), http.StatusCreated)
	done := into[api.Receipt](t, w.do(t, call{who: "qadir", method: "POST", path: task + "/complete", ifMatch: `"1"`, body: map[string]any{
		"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": "qadir", "password": modeltest.Password},
	}}), http.StatusOK)
	require.NotNil(t, done.Signature)
	completed := w.audited(t, "task.complete")
	require.Equal(t, "Qadir Qureshi", completed.Actor.Name)
	require.Equal(t, "Quentin Quade", completed.Actor.OnBehalfOf.Name)
}

// Without somebody who may stand in, the task goes back to its group, and a manager hears of it.
func TestASubstituteHasToBeEligible(t *testing.T) {
	t.Parallel()
	for _, substitute := range []string{"otto", "rita", "hana"} { // without the role, the reporter himself, another head
		w := setup(t)
		record, task := w.claimed(t, "quentin")
		w.away(t, "max", "quentin", substitute)
		w.reroute(t)
		w.reroute(t)
		assignee, owner := w.held(t, task)
		require.Empty(t, assignee, substitute)
		require.Empty(t, owner)
		into[api.Receipt](t, w.ask(t, "qadir", "POST", task+"/claim", nil), http.StatusOK)
		events := all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?sort=at&record="+record.ID.String()+"&action=task.reroute")
		require.Len(t, events, 2)
		require.Equal(t, ledger.OutcomeRefused, events[0].Outcome)
		require.NotEmpty(t, events[0].Reasons)
		require.Equal(t, ledger.OutcomeDone, events[1].Outcome)
		told := w.told(t, "max")
		require.Equal(t, "Quentin Quade is away, and nobody stands in: "+record.Tasks[0].Title+", "+record.Number+".", told[0].Text)
	}
}

// Segregation of duties is tested against the substitute as against the absent one, at the act as well.
func TestASubstituteWhoIsAbsentIsNone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, task := w.claimed(t, "quentin")
	w.away(t, "qadir", "qadir", "quinn")
	w.away(t, "quentin", "quentin", "qadir")
	w.reroute(t)
	assignee, _ := w.held(t, task)
	require.Empty(t, assignee)
}

// What was delegated to a person who then is away goes back to the one who delegated it.
func TestADelegatedTaskGoesBackToItsOwner(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, task := w.claimed(t, "quinn")
	into[api.Receipt](t, w.ask(t, "quinn", "POST", task+"/delegate", map[string]any{"to": w.People["quentin"], "reason": "you know the line"}), http.StatusOK)
	w.away(t, "quentin", "quentin", "qadir")
	w.reroute(t)
	assignee, owner := w.held(t, task)
	require.Equal(t, "Quinn Quist", assignee)
	require.Empty(t, owner)
}

func TestAbsencesAreEnteredAndEnded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	enter := func(by string, change map[string]any) reply {
		return w.ask(t, by, "POST", "/v1/absences", with(map[string]any{
			"substitute": w.People["quinn"], "starts_at": time.Now().Add(time.Hour), "ends_at": time.Now().Add(time.Hour * 24),
		}, change))
	}
	for field, value := range map[string]any{
		"substitute": w.People["rita"], "ends_at": time.Now().Add(time.Minute), "person": w.People["mes"],
	} {
		who := "rita"
		if field == "person" {
			who = "max"
		}
		problem(t, enter(who, map[string]any{field: value}), http.StatusUnprocessableEntity, models.CodeInvalid)
	}
	problem(t, enter("rita", map[string]any{"ends_at": time.Now().AddDate(2, 0, 0)}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, enter("rita", map[string]any{"substitute": w.People["mes"]}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, enter("rita", map[string]any{"substitute": models.NewID()}), http.StatusUnprocessableEntity, models.CodeInvalid)
	refusedBy(t, enter("rita", map[string]any{"person": w.People["otto"]}), "authority")
	require.Equal(t, http.StatusCreated, enter("rita", nil).StatusCode)

	type list = items[api.AbsenceView]
	mine := into[list](t, w.ask(t, "rita", "GET", "/v1/absences", nil), http.StatusOK)
	require.Len(t, mine.Items, 1)
	require.Equal(t, "planned", mine.Items[0].State)
	require.Equal(t, "Quinn Quist", mine.Items[0].Substitute.Name)
	path := w.away(t, "max", "otto", "hana")
	require.Len(t, into[list](t, w.ask(t, "max", "GET", "/v1/absences", nil), http.StatusOK).Items, 2)
	require.Len(t, into[list](t, w.ask(t, "rita", "GET", "/v1/absences", nil), http.StatusOK).Items, 1, "those of others are not hers to read")
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/absences?person="+w.People["otto"].String(), nil), "authority")
	require.Len(t, into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("otto"), nil), http.StatusOK).Absences, 1)

	refusedBy(t, w.ask(t, "rita", "POST", path+"/end", why), "authority")
	into[api.Receipt](t, w.ask(t, "otto", "POST", path+"/end", map[string]any{}), http.StatusOK)
	problem(t, w.ask(t, "otto", "POST", path+"/end", map[string]any{}), http.StatusConflict, models.CodeMoved)
	require.Len(t, into[list](t, w.ask(t, "max", "GET", "/v1/absences", nil), http.StatusOK).Items, 1)
	over := into[list](t, w.ask(t, "max", "GET", "/v1/absences?past=true&person="+w.People["otto"].String(), nil), http.StatusOK)
	require.Equal(t, "over", over.Items[0].State)
	require.NotNil(t, over.Items[0].EndedAt)
	require.Equal(t, "on leave", w.audited(t, "admin.absence").Reason)
}

// grant gives somebody a role more.
func (w *world) grant(t *testing.T, who, role, site string) {
	t.Helper()
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath(who)+"/grants", map[string]any{"role": role, "site": site, "reason": "covers"}), http.StatusCreated)
}

// Who enters the absence of another chooses who acts for him: that takes a role where he works, and no interest of one's own.
func TestWhoMayEnterTheAbsenceOfAnother(t *testing.T) {
	t.Parallel()
	w := setup(t)
	enter := func(by, who, substitute string) reply {
		return w.ask(t, by, "POST", "/v1/absences", map[string]any{
			"person": w.People[who], "substitute": w.People[substitute], "starts_at": time.Now(), "ends_at": time.Now().Add(time.Hour), "reason": "ill",
		})
	}
	refusedBy(t, enter("max", "olga", "otto"), "authority")  // a manager of Berlin, a person of Brooklyn
	refusedBy(t, enter("hana", "olga", "otto"), "authority") // so with a head
	refusedBy(t, enter("max", "quinn", "qadir"), "authority")
	refusedBy(t, enter("quentin", "qadir", "quinn"), "authority")
	refusedBy(t, enter("hugo", "quentin", "hugo"), "two_persons")
	refusedBy(t, enter("helga", "hugo", "helga"), "two_persons")
	problem(t, enter("max", "max", "max"), http.StatusUnprocessableEntity, models.CodeInvalid)
	for by, who := range map[string]string{"max": "otto", "hugo": "quentin", "helga": "olga", "ada": "quinn", "olga": "olga"} {
		require.Equal(t, http.StatusCreated, enter(by, who, "hana").StatusCode, by)
	}
	w.grant(t, "max", "manager", modeltest.Brooklyn)
	require.Equal(t, http.StatusCreated, enter("max", "olga", "hana").StatusCode)

	path := w.away(t, "helga", "olga", "hana")
	refusedBy(t, w.ask(t, "hugo", "POST", path+"/end", why), "authority") // of another site

	// Who works at two sites has tasks at both: a manager of one of them steers none of them.
	w.grant(t, "olga", "expert", modeltest.Berlin)
	for _, by := range []string{"hugo", "hana"} {
		refusedBy(t, enter(by, "olga", "otto"), "authority")
		refusedBy(t, w.ask(t, by, "POST", path+"/end", why), "authority")
	}
	into[api.Receipt](t, w.ask(t, "max", "POST", path+"/end", why), http.StatusOK)
}

// An absent person hears of what somebody else said of him, and not of what he said himself.
func TestAnAbsentPersonIsToldWhatOthersEnter(t *testing.T) {
	t.Parallel()
	w := setup(t)
	own := w.away(t, "otto", "otto", "hana")
	into[api.Receipt](t, w.ask(t, "otto", "POST", own+"/end", map[string]any{}), http.StatusOK)
	require.Empty(t, w.told(t, "otto"))
	path := w.away(t, "max", "otto", "hana")
	told := w.told(t, "otto")
	require.Len(t, told, 1)
	require.Equal(t, models.NoticeAbsenceEntered, told[0].Kind)
	require.Contains(t, told[0].Text, "Max Mahler entered that you are away")
	require.Contains(t, told[0].Text, "Hana Heller acts for you")
	into[api.Receipt](t, w.ask(t, "hugo", "POST", path+"/end", why), http.StatusOK)
	told = w.told(t, "otto")
	require.Len(t, told, 2)
	require.Contains(t, told[0].Text, "Hugo Hartmann ended your absence")
}

// A substitute has the role, and still does not get what he reported himself (S1).
func TestASubstituteDoesNotGetHisOwnRecord(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.grant(t, "quentin", "reporter", modeltest.Berlin)
	record := into[api.Record](t, w.ask(t, "quentin", "POST", "/v1/requests", map[string]any{"site": modeltest.Berlin, "data": map[string]any{}}), http.StatusCreated)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.ask(t, "qadir", "POST", task+"/claim", nil), http.StatusOK)
	w.away(t, "qadir", "qadir", "quentin")
	w.reroute(t)
	assignee, _ := w.held(t, task)
	require.Empty(t, assignee)
	events := all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?sort=at&record="+record.ID.String()+"&action=task.reroute")
	require.Equal(t, ledger.OutcomeRefused, events[0].Outcome)
	require.Equal(t, "S1", events[0].Rule)
}

func TestTheLogIsVerifiedOnTheServer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fileRequest(t)
	sealer := activities.Sealer{Store: w.DB.DB, Keys: w.Keys, Now: time.Now, Log: slog.New(slog.DiscardHandler), Every: time.Second}
	require.NoError(t, sealer.Seal(t.Context(), w.Org))
	head := into[api.Checkpoint](t, w.ask(t, "quinn", "GET", "/v1/audit/checkpoint", nil), http.StatusOK)
	verify := func(body map[string]any) reply { return w.ask(t, "ivy", "POST", "/v1/audit/verify", body) }
	refusedBy(t, w.ask(t, "rita", "POST", "/v1/audit/verify", map[string]any{}), "authority")
	p := problem(t, verify(map[string]any{"checkpoint": "no head"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "checkpoint", p.Errors[0].Path)
	report := into[api.VerifyReport](t, verify(map[string]any{"checkpoint": head.Note}), http.StatusOK)
	require.True(t, report.OK, "%+v", report.Findings)
	require.Positive(t, report.Counts.Events)
	require.Equal(t, head.Root, report.Root)
	without := into[api.VerifyReport](t, verify(map[string]any{}), http.StatusOK)
	require.True(t, without.OK)
	require.NotEmpty(t, without.NotChecked, "without a head from outside a rollback is not checked")

	admin := w.DB.Admin(t)
	for _, sql := range []string{
		"ALTER TABLE audit_events DISABLE TRIGGER ALL",
		"UPDATE audit_events SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '\"done\"', '\"gone\"'), 'UTF8') WHERE action = 'record.create'",
	} {
		_, err := admin.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	altered := into[api.VerifyReport](t, verify(map[string]any{}), http.StatusOK)
	require.False(t, altered.OK)
	require.NotEmpty(t, altered.Findings)
}

// Why somebody is away is told to who looks after a site where he works, to himself and to who stands in for him.
func TestWhoReadsTheAbsencesOfOthers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.away(t, "otto", "otto", "ines")                // Berlin
	w.away(t, "olga", "olga", "rita")                // Brooklyn
	w.away(t, "ada", "quinn", "helga")               // all sites
	w.grant(t, "rita", "expert", "*")                // reads no absences
	w.grant(t, "hana", "expert", modeltest.Brooklyn) // heads Berlin only
	read := func(who, query string) (names []string) {
		for _, a := range into[items[api.AbsenceView]](t, w.ask(t, who, "GET", "/v1/absences"+query, nil), http.StatusOK).Items {
			names = append(names, a.Person.Name)
		}
		return names
	}
	for who, want := range map[string][]string{
		"ada": {"Otto Ostermann", "Olga Owens", "Quinn Quist"}, "ivy": {"Otto Ostermann", "Olga Owens", "Quinn Quist"},
		"max": {"Otto Ostermann", "Quinn Quist"}, "hana": {"Otto Ostermann", "Quinn Quist"}, "olga": {"Olga Owens"}, "rita": {"Olga Owens"}, "ines": {"Otto Ostermann"},
	} {
		require.ElementsMatch(t, want, read(who, ""), who)
	}
	of := func(who string) string { return "?person=" + w.People[who].String() }
	require.Empty(t, read("max", of("olga")), "of another site")
	require.Len(t, read("max", of("otto")), 1)
	require.Len(t, read("rita", of("olga")), 1, "whom she stands in for")
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/absences"+of("otto"), nil), "authority")

	known := func(who, of string) int {
		return len(into[api.UserView](t, w.ask(t, who, "GET", w.userPath(of), nil), http.StatusOK).Absences)
	}
	require.Zero(t, known("max", "olga"))
	require.Equal(t, 1, known("max", "otto"))
	require.Equal(t, 1, known("olga", "olga"))
	require.Equal(t, 1, known("ada", "olga"))
	everywhere := w.newGroup(t, "Travelling experts", models.RoleExpert)
	into[api.Receipt](t, w.ask(t, "ada", "POST", everywhere+"/members", w.joining("olga")), http.StatusCreated)
	require.Equal(t, 1, known("max", "olga"), "a group makes her work here, too")
}
