// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// items is the body of a list.
type items[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor"`
}

// fileRequest files a request as rita.
func (w *world) fileRequest(t *testing.T) api.Record {
	t.Helper()
	r := w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: map[string]any{"site": modeltest.Berlin, "data": map[string]any{}}})
	record := into[api.Record](t, r, http.StatusCreated)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, "/v1/requests/"+record.ID.String(), r.Header.Get("Location"))
	return record
}

func TestOneApprovalOverTheAPI(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	require.Equal(t, "approval", record.State)
	require.Len(t, record.Tasks, 1)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()

	offered := into[items[api.TaskItem]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?box=group"}), http.StatusOK)
	require.Len(t, offered.Items, 1)
	require.Equal(t, record.Number, offered.Items[0].Record.Number)
	require.Equal(t, "Rita Reporter", offered.Items[0].RecordOwner.Name)

	refused := problem(t, w.do(t, call{who: "rita", method: "POST", path: task + "/claim"}), http.StatusForbidden, models.CodeForbidden)
	require.NotEmpty(t, refused.Reasons)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/claim"}), http.StatusOK)
	problem(t, w.do(t, call{who: "quentin", method: "POST", path: task + "/claim"}), http.StatusForbidden, models.CodeForbidden)

	verdict := map[string]any{"outcome": "approved"}
	sheet := into[models.IntentResult](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/signing", body: verdict}), http.StatusCreated)
	require.Contains(t, sheet.HTML, "Quinn Quist")
	require.Equal(t, []string{"username", "password"}, sheet.Components)

	signed := func(password string) map[string]any {
		return map[string]any{"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": "quinn", "password": password}}
	}
	problem(t, w.do(t, call{who: "quinn", method: "POST", path: task + "/complete", body: signed(modeltest.Password)}),
		http.StatusPreconditionRequired, models.CodeNoIfMatch)
	problem(t, w.do(t, call{who: "quinn", method: "POST", path: task + "/complete", body: signed(modeltest.Password), ifMatch: `"7"`}),
		http.StatusPreconditionFailed, models.CodeStale)
	complete := call{who: "quinn", method: "POST", path: task + "/complete", body: signed("wrong"), ifMatch: `"1"`, key: "decide-1"}
	wrong := problem(t, w.do(t, complete), http.StatusUnauthorized, models.CodeSigningRefused)
	require.Equal(t, models.RulePassword, wrong.Reasons[0].Rule)

	// A wrong password binds no key, and a receipt is the same however often it is asked for.
	complete.body = signed(modeltest.Password)
	r := w.do(t, complete)
	done := into[api.Receipt](t, r, http.StatusOK)
	require.NotNil(t, done.Signature)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, done, into[api.Receipt](t, w.do(t, complete), http.StatusOK))

	again := complete
	again.key = ""
	problem(t, w.do(t, again), http.StatusConflict, models.CodeMoved)

	signatures := into[struct {
		Items []api.SignatureView `json:"items"`
	}](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records/" + record.ID.String() + "/signatures"}), http.StatusOK)
	require.Len(t, signatures.Items, 1)
	require.Equal(t, "valid", signatures.Items[0].Verification)
	require.Equal(t, "Quinn Quist", signatures.Items[0].Signer.Name)
	require.False(t, signatures.Items[0].LaterChange)

	history := into[items[api.AuditEvent]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records/" + record.ID.String() + "/history"}), http.StatusOK)
	var seen []string
	for _, e := range history.Items {
		seen = append(seen, e.Actor.Name+" "+e.Action+" "+e.Outcome)
	}
	require.Equal(t, []string{
		"Rita Reporter record.create done", "Rita Reporter task.claim refused", "Quinn Quist task.claim done", "Quentin Quade task.claim refused",
		"Quinn Quist task.complete refused", "Quinn Quist task.complete refused", "Quinn Quist task.complete done", "Quinn Quist task.complete refused",
	}, seen)
	require.Equal(t, w.People["quinn"], *history.Items[6].Actor.ID)

	mine := into[items[api.TaskItem]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?box=done"}), http.StatusOK)
	require.Len(t, mine.Items, 1)
	require.Equal(t, record.Tasks[0].ID, mine.Items[0].ID)
	require.NotEqual(t, uuid.Nil, done.Command)
}
