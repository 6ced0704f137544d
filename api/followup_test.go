// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func TestAFollowUpMovesNoDueDate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	path := "/v1/tasks/" + record.Tasks[0].ID.String()
	at := time.Now().Add(90 * time.Minute).UTC().Truncate(time.Microsecond)
	putOff := func(who string, at any) reply {
		return w.do(t, call{who: who, method: "POST", path: path + "/follow_up", body: map[string]any{"at": at}})
	}
	mine := func() api.TaskItem {
		page := into[items[api.TaskItem]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?box=mine"}), http.StatusOK)
		require.Len(t, page.Items, 1)
		return page.Items[0]
	}
	problem(t, putOff("quinn", at), http.StatusForbidden, models.CodeForbidden) // nobody holds it
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/claim"}), http.StatusOK)
	before := mine()
	require.Equal(t, "due", before.Date.Kind)
	require.Equal(t, before.DueAt, before.Date.At)
	require.Positive(t, *before.LeftSeconds)
	require.LessOrEqual(t, *before.LeftSeconds, int64(4*9*3600), "working time: at most the rest of today and three days of nine hours")

	problem(t, putOff("quentin", at), http.StatusForbidden, models.CodeForbidden)
	for _, bad := range []any{time.Now().Add(-time.Minute), time.Now().AddDate(2, 0, 0)} {
		p := problem(t, putOff("quinn", bad), http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, "at", p.Errors[0].Path)
	}
	into[api.Receipt](t, putOff("quinn", at), http.StatusOK)
	after := mine()
	require.Equal(t, before.DueAt, after.DueAt)
	require.Equal(t, at, after.FollowUpAt.UTC())
	require.Equal(t, api.DateNow{Kind: "follow_up", At: at}, api.DateNow{Kind: after.Date.Kind, At: after.Date.At.UTC()})

	other := w.fileRequest(t)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + other.Tasks[0].ID.String() + "/claim"}), http.StatusOK)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + other.Tasks[0].ID.String() + "/follow_up",
		body: map[string]any{"at": time.Now().Add(80 * time.Minute)}}), http.StatusOK)
	sorted := all[api.TaskItem](t, w, "quinn", "/v1/tasks?box=mine&sort=next")
	require.Equal(t, []string{other.Number, record.Number}, []string{sorted[0].Record.Number, sorted[1].Record.Number})
	require.Len(t, all[api.TaskItem](t, w, "quinn", "/v1/tasks?box=mine&snoozed=true"), 2)
	require.Empty(t, all[api.TaskItem](t, w, "quinn", "/v1/tasks?box=mine&snoozed=false"))
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?box=group&sort=next"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + other.Tasks[0].ID.String() + "/release"}), http.StatusOK)

	trail := into[items[api.AuditEvent]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records/" + record.ID.String() + "/history?sort=-at"}), http.StatusOK)
	require.Equal(t, "task.follow_up", trail.Items[0].Action)
	require.Equal(t, "follow_up_at", trail.Items[0].Changes[0].Field)

	into[api.Receipt](t, putOff("quinn", nil), http.StatusOK)
	require.Nil(t, mine().FollowUpAt)
	into[api.Receipt](t, putOff("quinn", at), http.StatusOK)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/release"}), http.StatusOK)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/claim"}), http.StatusOK)
	require.Nil(t, mine().FollowUpAt, "a follow-up ends with the holding that it was chosen for")
}

func TestATaskSaysWhatItsPageNeeds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line 3 too cold")
	path := "/v1/tasks/" + d.Tasks[0].ID.String()
	task := into[api.Task](t, w.do(t, call{who: "otto", method: "GET", path: path}), http.StatusOK)
	require.Equal(t, d.Number, task.Summary.Number)
	require.Equal(t, d.DueAt, task.Summary.DueAt)
	require.Equal(t, d.ContentHash, task.ContentHash)
	require.Equal(t, "deviation.triage", task.FormID)
	require.Equal(t, "candidate", task.Why[0].Rule)
	require.Equal(t, models.RoleAreaOwner, task.Why[0].Role)
	require.Equal(t, "Berlin", task.Why[0].Site.Name)

	require.Equal(t, "done", task.Outcomes[0].Name)
	require.Equal(t, "on", task.Outcomes[0].Leads)
	require.Equal(t, "Next: Assess and classify.", task.Outcomes[0].Then)
	require.Equal(t, "returned", task.Outcomes[1].Name)
	require.Equal(t, "back", task.Outcomes[1].Leads)
	require.Equal(t, "Back to the step that you name: Report what happened.", task.Outcomes[1].Then)

	require.Equal(t, task.DueAt, task.Clock.DueAt)
	require.Equal(t, "24 hours after it opens", task.Clock.Goal)
	require.Equal(t, "Berlin", task.Clock.Calendar)
	require.Equal(t, "Europe/Berlin", task.Clock.Zone)
	require.Len(t, task.Clock.Warnings, 1)
	require.Len(t, task.Clock.Ladder, 5, "due, and four escalations")
	require.Nil(t, task.Clock.HeldSince)

	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/records/" + d.ID.String() + "/hold", ifMatch: `"1"`, body: map[string]any{"reason": "waiting for the laboratory"}}), http.StatusOK)
	task = into[api.Task](t, w.do(t, call{who: "otto", method: "GET", path: path}), http.StatusOK)
	require.NotNil(t, task.Clock.HeldSince)
	again := into[api.Task](t, w.do(t, call{who: "otto", method: "GET", path: path}), http.StatusOK)
	require.Equal(t, task.Clock.LeftSeconds, again.Clock.LeftSeconds, "the clock stands")

	request := w.fileRequest(t)
	last := into[api.Task](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks/" + request.Tasks[0].ID.String()}), http.StatusOK)
	require.Equal(t, "closed", last.Outcomes[0].Leads)
	require.Nil(t, last.Why[0].Site, "held at all sites")
}
