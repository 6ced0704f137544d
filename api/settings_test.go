// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

func (w *world) put(t *testing.T, who, path, ifMatch string, body any) reply {
	t.Helper()
	return w.do(t, call{who: who, method: "PUT", path: path, body: body, ifMatch: ifMatch})
}

func with(body map[string]any, more map[string]any) map[string]any {
	body = maps.Clone(body)
	maps.Copy(body, more)
	return body
}

func TestSettingsAreChangedOnWhatWasSeen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.ask(t, "max", "GET", "/v1/settings", nil)
	before := into[api.Settings](t, r, http.StatusOK)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, "strict", before.SignatureRule)
	require.Nil(t, before.Letter)
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/settings", nil), "authority")
	refusedBy(t, w.put(t, "quinn", "/v1/settings", `"1"`, settingsSample), "authority")
	problem(t, w.put(t, "ada", "/v1/settings", "", settingsSample), http.StatusPreconditionRequired, models.CodeNoIfMatch)

	changed := w.put(t, "ada", "/v1/settings", `"1"`, with(settingsSample, map[string]any{"signature_rule": "session", "lock_after": 3, "letter_required": true}))
	into[api.Receipt](t, changed, http.StatusOK)
	require.Equal(t, `"2"`, changed.Header.Get("ETag"))
	problem(t, w.put(t, "alan", "/v1/settings", `"1"`, settingsSample), http.StatusPreconditionFailed, models.CodeStale)
	after := into[api.Settings](t, w.ask(t, "ada", "GET", "/v1/settings", nil), http.StatusOK)
	require.Equal(t, "session", after.SignatureRule)
	require.Equal(t, 3, after.LockAfter)
	require.Equal(t, 2, after.Revision)
	event := w.audited(t, "admin.settings")
	require.Equal(t, "settings", event.Changes[0].Field)
	require.Equal(t, "strict", event.Changes[0].Old.(map[string]any)["signature_rule"])
	require.Equal(t, "session", event.Changes[0].New.(map[string]any)["signature_rule"])

	for field, value := range map[string]any{"signature_rule": "never", "idle_minutes": 100000, "lock_after": -1, "subordinate_rule": ""} {
		p := problem(t, w.put(t, "ada", "/v1/settings", `"2"`, with(settingsSample, map[string]any{field: value})), http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, field, p.Errors[0].Path)
	}
}

// 21 CFR 11.100(c)
func TestTheLetterIsRecordedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	missing := func() bool {
		me := into[api.Me](t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusOK)
		return slices.ContainsFunc(me.Signing.BlockedBy, func(r models.Reason) bool { return r.Rule == "letter" })
	}
	require.False(t, missing(), "the organization has not demanded it")
	into[api.Receipt](t, w.put(t, "ada", "/v1/settings", `"1"`, with(settingsSample, map[string]any{"letter_required": true})), http.StatusOK)
	require.True(t, missing())
	letter := map[string]any{"reference": "QA/2026/17", "sent_on": "2026-01-31"}
	refusedBy(t, w.ask(t, "quinn", "POST", "/v1/settings/letter", letter), "authority")
	future := problem(t, w.ask(t, "ada", "POST", "/v1/settings/letter", with(letter, map[string]any{"sent_on": "2999-01-01"})), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "sent_on", future.Errors[0].Path)
	into[api.Receipt](t, w.ask(t, "ada", "POST", "/v1/settings/letter", letter), http.StatusCreated)
	require.False(t, missing())
	problem(t, w.ask(t, "alan", "POST", "/v1/settings/letter", letter), http.StatusConflict, models.CodeMoved)
	settings := into[api.Settings](t, w.ask(t, "ivy", "GET", "/v1/settings", nil), http.StatusOK)
	require.Equal(t, "QA/2026/17", settings.Letter.Reference)
	require.Equal(t, "Ada Admin", settings.Letter.RecordedBy.Name)
	into[api.Receipt](t, w.put(t, "ada", "/v1/settings", `"3"`, with(settingsSample, map[string]any{"letter_required": true})), http.StatusOK)
	require.False(t, missing(), "other settings leave the letter alone")
}

func TestCalendarsHaveVersionsAndSites(t *testing.T) {
	t.Parallel()
	w := setup(t)
	type id struct {
		ID uuid.UUID `json:"id"`
	}
	body := map[string]any{"calendar": calendarSample, "reason": "third shift"}
	refusedBy(t, w.ask(t, "max", "POST", "/v1/calendars", body), "authority")
	made := into[id](t, w.ask(t, "ada", "POST", "/v1/calendars", body), http.StatusCreated)
	path := "/v1/calendars/" + made.ID.String()
	read := func() api.CalendarView {
		return into[api.CalendarView](t, w.ask(t, "rita", "GET", path, nil), http.StatusOK)
	}
	require.Equal(t, 1, read().Version)
	require.Equal(t, "06:00-22:00", read().Calendar.Week[1])
	require.Equal(t, "Labour Day", read().Calendar.Holidays[0].Name)

	body["calendar"] = with(calendarSample, map[string]any{"name": "Two shifts"})
	changed := w.put(t, "ada", path, `"1"`, body)
	into[api.Receipt](t, changed, http.StatusOK)
	require.Equal(t, `"2"`, changed.Header.Get("ETag"))
	problem(t, w.put(t, "alan", path, `"1"`, body), http.StatusPreconditionFailed, models.CodeStale)
	require.Equal(t, "Two shifts", read().Calendar.Name)
	require.Len(t, into[struct {
		Versions []api.CalendarVersion `json:"versions"`
	}](t, w.ask(t, "rita", "GET", path, nil), http.StatusOK).Versions, 2)
	require.Len(t, into[items[api.CalendarView]](t, w.ask(t, "rita", "GET", "/v1/calendars", nil), http.StatusOK).Items, 3)

	bad := with(calendarSample, map[string]any{"week": []string{"", "22:00-06:00", "", "", "", "", ""}})
	p := problem(t, w.ask(t, "ada", "POST", "/v1/calendars", map[string]any{"calendar": bad, "reason": "x"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "calendar.week[1]", p.Errors[0].Path)
	none := with(calendarSample, map[string]any{"week": []string{"", "", "", "", "", "", ""}})
	problem(t, w.ask(t, "ada", "POST", "/v1/calendars", map[string]any{"calendar": none, "reason": "x"}), http.StatusUnprocessableEntity, models.CodeInvalid)

	site := map[string]any{"name": "Lyon", "zone": "Europe/Paris", "calendar": made.ID, "reason": "new plant"}
	refusedBy(t, w.ask(t, "max", "POST", "/v1/sites", site), "authority")
	for field, value := range map[string]any{"zone": "Middle/Earth", "calendar": models.NewID()} {
		p := problem(t, w.ask(t, "ada", "POST", "/v1/sites", with(site, map[string]any{field: value})), http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, field, p.Errors[0].Path)
	}
	lyon := into[id](t, w.ask(t, "ada", "POST", "/v1/sites", site), http.StatusCreated)
	require.Len(t, into[items[api.Place]](t, w.ask(t, "rita", "GET", "/v1/sites", nil), http.StatusOK).Items, 3)
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("rita")+"/grants", map[string]any{"role": "reporter", "site": lyon.ID, "reason": "x"}), http.StatusCreated)
	for _, who := range []string{"quentin", "qadir"} { // an approval needs people to choose from
		into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath(who)+"/grants", map[string]any{"role": "qa_approver", "site": lyon.ID, "reason": "x"}), http.StatusCreated)
	}
	filed := w.ask(t, "rita", "POST", "/v1/requests", map[string]any{"site": lyon.ID, "data": map[string]any{}})
	require.Equal(t, "Lyon", into[api.Record](t, filed, http.StatusCreated).Site.Name)
}

func TestPoliciesAndTheirDecisionsAreExplained(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/policies", nil), "authority")
	overview := into[models.PolicyOverview](t, w.ask(t, "ada", "GET", "/v1/policies", nil), http.StatusOK)
	i := slices.IndexFunc(overview.Types, func(p models.TypePolicy) bool { return p.Type == "deviation" })
	require.Equal(t, models.StepReport, overview.Types[i].Steps[0].Step, "in the order of the process")
	require.NotEmpty(t, overview.Segregation)

	refusedBy(t, w.ask(t, "rita", "POST", "/v1/tasks/"+record.Tasks[0].ID.String()+"/claim", nil), "S1")
	denied := into[items[api.PolicyDecision]](t, w.ask(t, "quinn", "GET", "/v1/decisions?allow=false&record="+record.ID.String(), nil), http.StatusOK)
	require.Len(t, denied.Items, 1)
	path := "/v1/decisions/" + denied.Items[0].ID.String()
	decision := into[api.DecisionView](t, w.ask(t, "quinn", "GET", path, nil), http.StatusOK)
	require.Equal(t, denied.Items[0], decision.PolicyDecision)
	require.Equal(t, "task.claim", decision.Input["action"])
	require.Equal(t, "rita", decision.Input["actor"].(map[string]any)["username"])
	refusedBy(t, w.ask(t, "rita", "GET", path, nil), "authority")
}
