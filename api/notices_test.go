// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

// notices is what GET /v1/notices answers.
type notices struct {
	Items  []api.Notice `json:"items"`
	Next   string       `json:"next_cursor"`
	Unread int          `json:"unread"`
}

func (w *world) notices(t *testing.T, who, query string) notices {
	t.Helper()
	return into[notices](t, w.ask(t, who, "GET", "/v1/notices"+query, nil), http.StatusOK)
}

// told is what somebody was told, newest first.
func (w *world) told(t *testing.T, who string) []api.Notice {
	t.Helper()
	return w.notices(t, who, "").Items
}

func (w *world) markRead(t *testing.T, who string, through time.Time) {
	t.Helper()
	require.Equal(t, http.StatusNoContent, w.ask(t, who, "POST", "/v1/notices/read", map[string]any{"through": through}).StatusCode)
}

// tell tells the holders of some keys that something is due soon.
func (w *world) tell(t *testing.T, record api.Record, kind string, at time.Time, keys ...string) {
	t.Helper()
	task, id := record.Tasks[0], models.NewID()
	for _, key := range keys {
		_, err := w.DB.Admin(t).Exec(t.Context(), `INSERT INTO notifications (org_id, id, user_key, record_id, task_id, kind, about, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, w.Org, id, key, record.ID, task.ID, kind,
			models.MustJSON(models.About{What: task.Title, DueAt: &task.DueAt}), at)
		require.NoError(t, err)
	}
}

var approvers = []string{models.RoleKey(models.RoleQA, models.AllSites), models.RoleKey(models.RoleQA, modeltest.Berlin)}

// ring lets a record's clock strike at an instant, once.
func (w *world) ring(t *testing.T, record api.Record, at time.Time) {
	t.Helper()
	now := w.Commit.Now
	w.Commit.Now = func() time.Time { return at }
	defer func() { w.Commit.Now = now }()
	receipt, err := w.Commit.Commit(t.Context(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: models.CommandClock, Type: record.Type, Record: record.ID,
		Source: models.Source{Kind: "timer"}, Fingerprint: []byte("clock"), Body: models.MustJSON(struct{}{}),
	})
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
}

func TestANoticeIsReadByThoseItIsFor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.otherOrganization(t) // Eve's
	record := w.fileRequest(t)
	task := record.Tasks[0]
	due := task.DueAt.UTC().Format("2006-01-02 15:04 UTC")
	for _, who := range []string{"quinn", "quentin"} {
		require.Empty(t, w.told(t, who), "what a group may take is in its inbox")
	}
	w.ring(t, record, task.DueAt.Add(-time.Hour))
	for _, who := range []string{"quinn", "quentin"} {
		got := w.notices(t, who, "")
		require.Len(t, got.Items, 1, who)
		require.Equal(t, 1, got.Unread)
		n := got.Items[0]
		require.Equal(t, models.NoticeDueSoon, n.Kind)
		require.Equal(t, "Due soon: "+task.Title+", "+record.Number+", "+due+".", n.Text)
		require.Equal(t, api.NoticeRecord{ID: record.ID, Type: record.Type, Number: record.Number, Title: record.Title}, *n.Record)
		require.Equal(t, task.ID, *n.Task)
		require.False(t, n.Read)
	}
	for _, who := range []string{"rita", "olga", "ada", "eve"} { // the reporter, another site, no role for it, another organization
		require.Equal(t, notices{Items: []api.Notice{}}, w.notices(t, who, ""), who)
	}

	into[api.Receipt](t, w.ask(t, "quinn", "POST", "/v1/tasks/"+task.ID.String()+"/claim", nil), http.StatusOK)
	to := map[string]any{"to": w.People["quentin"], "reason": "you know the line"}
	into[api.Receipt](t, w.ask(t, "quinn", "POST", "/v1/tasks/"+task.ID.String()+"/delegate", to), http.StatusOK)
	given := slices.IndexFunc(w.told(t, "quentin"), func(n api.Notice) bool { return n.Kind == models.NoticeTaskAssigned })
	require.Equal(t, "Quinn Quist gave you a task: "+task.Title+", "+record.Number+".", w.told(t, "quentin")[given].Text)
	require.Len(t, w.told(t, "quinn"), 1, "it was for the other")

	// Who has lost the role is told nothing more by it; what he was told by name he keeps, without what he may no longer see.
	w.administer(t, "admin.revoke", models.PersonRef{User: w.People["quentin"], Grant: w.grantOf(t, "quentin"), Reason: "moved on"})
	kept := w.told(t, "quentin")
	require.Len(t, kept, 1)
	require.Equal(t, models.NoticeTaskAssigned, kept[0].Kind)
	require.Nil(t, kept[0].Record)
	require.Nil(t, kept[0].Task)
	require.Equal(t, "Quinn Quist gave you a task: "+task.Title+".", kept[0].Text)
}

// A task that is somebody's from the beginning is told to him, and not where he began it himself.
func TestATaskOfOnesOwnIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Recorder stood still")
	require.Empty(t, w.told(t, "rita"))
	task := "/v1/tasks/" + d.Tasks[0].ID.String()
	into[api.Receipt](t, w.ask(t, "otto", "POST", task+"/claim", nil), http.StatusOK)
	back := map[string]any{"outcome": "returned", "return_to": "report", "comment": "Which recorder?"}
	returned := w.do(t, call{who: "otto", method: "POST", path: task + "/complete", ifMatch: `"1"`, body: back})
	into[api.Receipt](t, returned, http.StatusOK)
	receipt, err := w.Commit.Commit(t.Context(), models.Command{ // as the process does next
		ID: models.NewID(), Org: w.Org, Name: models.CommandOpenStep, Type: d.Type, Record: d.ID, Source: models.Source{Kind: ledger.SourceSystem},
		Fingerprint: []byte("open"), Body: models.MustJSON(models.OpenStep{Step: "report"}),
	})
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	told := w.told(t, "rita")
	require.Len(t, told, 1)
	require.Equal(t, models.NoticeTaskOpened, told[0].Kind)
	require.Equal(t, "A task waits for you: Report what happened, "+d.Number+".", told[0].Text)
}

// Each of those who share a role reads for himself.
func TestWhatIsReadIsOnesOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for range 3 {
		w.tell(t, record, models.NoticeDueSoon, time.Now(), approvers...)
	}
	before := w.told(t, "quinn")
	require.Len(t, before, 3)
	w.markRead(t, "quinn", before[1].At)
	w.markRead(t, "quinn", before[2].At) // an older page, later
	after := w.notices(t, "quinn", "")
	require.Equal(t, 1, after.Unread)
	require.Equal(t, []bool{false, true, true}, []bool{after.Items[0].Read, after.Items[1].Read, after.Items[2].Read})
	require.Equal(t, 3, w.notices(t, "quentin", "").Unread)

	w.markRead(t, "quinn", time.Now().Add(24*time.Hour))
	require.Equal(t, 0, w.notices(t, "quinn", "").Unread)
	w.tell(t, record, models.NoticeOverdue, time.Now(), approvers...)
	require.Equal(t, 1, w.notices(t, "quinn", "").Unread, "what nobody was told yet is not read")
	problem(t, w.ask(t, "quinn", "POST", "/v1/notices/read", map[string]any{"through": "soon"}), http.StatusUnprocessableEntity, models.CodeInvalid)
}

func TestNoticesComePageByPage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for range 5 {
		w.tell(t, record, models.NoticeDueSoon, time.Now(), approvers...)
	}
	w.tell(t, record, models.NoticeDueSoon, time.Now(), append(approvers, models.UserKey(w.People["quinn"]))...) // by two keys, and once all the same
	whole := w.told(t, "quinn")
	require.Len(t, whole, 6)
	for i := 1; i < len(whole); i++ {
		require.False(t, whole[i].At.After(whole[i-1].At))
	}
	require.Equal(t, whole, all[api.Notice](t, w, "quinn", "/v1/notices?"))
	cursor := url.QueryEscape(w.notices(t, "quinn", "?limit=2").Next)
	problem(t, w.ask(t, "quinn", "GET", "/v1/tasks?cursor="+cursor, nil), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, w.ask(t, "quinn", "GET", "/v1/notices?cursor=nonsense", nil), http.StatusUnprocessableEntity, models.CodeInvalid)
}

// A name is looked up on reading: what is stored has none in it that could not be erased.
func TestANoticeHoldsNoName(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.away(t, "max", "otto", "hana")
	require.Contains(t, w.told(t, "otto")[0].Text, "Hana Heller acts for you")
	admin := w.DB.Admin(t)
	var stored string
	require.NoError(t, admin.QueryRow(t.Context(), "SELECT jsonb_agg(n)::text FROM notifications n").Scan(&stored))
	require.NotContains(t, stored, "Hana")
	require.NotContains(t, stored, "Max")
	_, err := admin.Exec(t.Context(), "UPDATE users SET name = '' WHERE id = $1", w.People["hana"])
	require.NoError(t, err)
	require.Contains(t, w.told(t, "otto")[0].Text, "Somebody acts for you")
}

// Every rung of the ladder is told in words, to those whom it names.
func TestTheLadderIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	task := record.Tasks[0]
	into[api.Receipt](t, w.ask(t, "quinn", "POST", "/v1/tasks/"+task.ID.String()+"/claim", nil), http.StatusOK)
	what, due := task.Title+", "+record.Number, task.DueAt.UTC().Format("2006-01-02 15:04 UTC")+"."
	tail := what + ". It was due " + due
	w.ring(t, record, task.DueAt.Add(-time.Hour))
	require.Equal(t, "Due soon: "+what+", "+due, w.told(t, "quinn")[0].Text)
	late := task.DueAt.Add(30 * 24 * time.Hour)
	for range 3 { // at the due date, to who has it a day later, and to his manager
		w.ring(t, record, late)
	}
	told := w.told(t, "quinn")
	require.Len(t, told, 3)
	require.Equal(t, "Late: "+tail, told[0].Text)
	require.Equal(t, models.NoticeOverdue, told[1].Kind)
	require.Empty(t, w.told(t, "quentin"), "he does not hold it")
	require.Equal(t, "Late with somebody else: "+tail, w.told(t, "max")[0].Text)

	for kind, text := range map[string]string{
		models.NoticeOffered: "Late, and you may take it now: ", models.NoticeHandedOver: "Late, and yours to do now: ",
	} {
		late = late.Add(time.Minute)
		w.tell(t, record, kind, late, models.RoleKey(models.RoleManager, modeltest.Berlin))
		require.Equal(t, text+tail, w.told(t, "max")[0].Text)
	}
}

// Who is given a late task is led to it, and who had it hears that others have it now.
func TestATaskThatIsHandedOverIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Recorder stood still")
	task := d.Tasks[0]
	into[api.Receipt](t, w.ask(t, "otto", "POST", "/v1/tasks/"+task.ID.String()+"/claim", nil), http.StatusOK)
	for range 6 { // the warning, the due date, the ladder
		w.ring(t, d, task.DueAt.Add(5*24*time.Hour))
	}
	require.Nil(t, into[api.Task](t, w.ask(t, "hana", "GET", "/v1/tasks/"+task.ID.String(), nil), http.StatusOK).Assignee)
	for who, kind := range map[string]string{"hana": models.NoticeHandedOver, "otto": models.NoticeEscalated} {
		told := w.told(t, who)
		i := slices.IndexFunc(told, func(n api.Notice) bool { return n.Kind == kind })
		require.GreaterOrEqual(t, i, 0, "%s: %v", who, told)
		require.NotNil(t, told[i].Task, who)
		require.Equal(t, task.ID, *told[i].Task)
	}
}

func TestAnOpenPageHearsWhatIsUnread(t *testing.T) {
	t.Parallel()
	w := live(t)
	unread := func(l *listener) int {
		var out api.NoticesEvent
		require.NoError(t, json.Unmarshal([]byte(l.next(t, "notices")), &out))
		return out.Unread
	}
	quinn, otto := w.listen(t, "quinn"), w.listen(t, "otto")
	require.Equal(t, 0, unread(quinn))
	require.Equal(t, 0, unread(otto))
	record, task := w.claimed(t, "quentin")
	to := map[string]any{"to": w.People["quinn"], "reason": "you know the line"}
	into[api.Receipt](t, w.ask(t, "quentin", "POST", task+"/delegate", to), http.StatusOK)
	require.Equal(t, 1, unread(quinn))
	require.Equal(t, record.Number, w.told(t, "quinn")[0].Record.Number)
	w.away(t, "max", "otto", "hana") // about no record
	require.Equal(t, 1, unread(otto))
}
