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

func TestManyTasksAreReassignedEachByItself(t *testing.T) {
	t.Parallel()
	w := setup(t)
	one, two := w.fileRequest(t), w.fileRequest(t)
	deviation := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line 3 too cold")
	nowhere := models.NewID()
	tasks := []uuid.UUID{one.Tasks[0].ID, deviation.Tasks[0].ID, two.Tasks[0].ID, nowhere}
	type answer struct {
		DryRun bool             `json:"dry_run"`
		Items  []api.Reassigned `json:"items"`
	}
	reassign := func(who, to, key string, dry bool) answer {
		return into[answer](t, w.do(t, call{who: who, method: "POST", path: "/v1/tasks/reassign", key: key, body: map[string]any{
			"tasks": tasks, "to": w.People[to], "reason": "Quinn is on leave", "dry_run": dry,
		}}), http.StatusOK)
	}
	results := func(a answer) (out []string) {
		for i, item := range a.Items {
			require.Equal(t, tasks[i], item.Task)
			out = append(out, item.Result)
		}
		return out
	}
	preview := reassign("max", "quentin", "", true)
	require.True(t, preview.DryRun)
	require.Equal(t, []string{"allowed", "refused", "allowed", "refused"}, results(preview))
	require.Equal(t, one.Number, preview.Items[0].Number)
	require.Nil(t, preview.Items[0].Receipt)
	require.Equal(t, "target", preview.Items[1].Problem.Reasons[0].Rule)
	require.Equal(t, http.StatusNotFound, preview.Items[3].Problem.Status)
	read := into[api.Task](t, w.do(t, call{who: "max", method: "GET", path: "/v1/tasks/" + tasks[0].String()}), http.StatusOK)
	require.Nil(t, read.Assignee, "a dry run changes nothing")

	done := reassign("max", "quentin", "leave-1", false)
	require.Equal(t, []string{"reassigned", "refused", "reassigned", "refused"}, results(done))
	require.NotEqual(t, done.Items[0].Receipt.Event, done.Items[2].Receipt.Event)
	again := reassign("max", "quentin", "leave-1", false)
	require.Equal(t, done.Items[0].Receipt, again.Items[0].Receipt, "the same request happens once")
	read = into[api.Task](t, w.do(t, call{who: "quentin", method: "GET", path: "/v1/tasks/" + tasks[0].String()}), http.StatusOK)
	require.Equal(t, w.People["quentin"], read.Assignee.ID)

	require.Equal(t, []string{"refused", "refused", "refused", "refused"}, results(reassign("max", "quentin", "", false)), "he holds them")
	require.Equal(t, []string{"refused", "refused", "refused", "refused"}, results(reassign("quinn", "qadir", "", true)), "not a manager")
	require.Equal(t, []string{"allowed", "refused", "allowed", "refused"}, results(reassign("max", "qadir", "", true)))
	for range 2 { // the same preview twice is two questions
		require.Equal(t, []string{"refused", "refused", "refused", "refused"}, results(reassign("max", "rita", "", true)))
	}
	problem(t, w.do(t, call{who: "max", method: "POST", path: "/v1/tasks/reassign", body: map[string]any{"tasks": []uuid.UUID{}, "to": w.People["qadir"], "reason": "x"}}),
		http.StatusUnprocessableEntity, models.CodeInvalid)
}
