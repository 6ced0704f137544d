// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// Who lost his role sees the records no more that it let him read, not even through a task that he decided.
func TestATaskOfTheLostRoleIsSeenNoMore(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	w.decide(t, "quentin", record)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	read := into[api.Task](t, w.ask(t, "quentin", "GET", task, nil), http.StatusOK)
	require.Equal(t, "candidate", read.Why[0].Rule)
	w.grant(t, "quentin", "expert", modeltest.Berlin)
	w.administer(t, "admin.revoke", models.PersonRef{User: w.People["quentin"], Grant: w.grantAs(t, "quentin", "qa_approver"), Reason: "moved on"})
	read = into[api.Task](t, w.ask(t, "quentin", "GET", task, nil), http.StatusOK)
	require.Equal(t, []string{"done"}, rules(read), "another role of his reads the record")
	w.administer(t, "admin.revoke", models.PersonRef{User: w.People["quentin"], Grant: w.grantAs(t, "quentin", "expert"), Reason: "moved on"})
	problem(t, w.ask(t, "quentin", "GET", task, nil), http.StatusNotFound, models.CodeNotFound)
	problem(t, w.ask(t, "quentin", "GET", "/v1/records/"+record.ID.String(), nil), http.StatusNotFound, models.CodeNotFound)
}

// That segregation of duties keeps somebody from a task is told to who sees it, and lets nobody see it.
func TestSegregationShowsNobodyATask(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line 3 too cold")
	path := "/v1/records/" + record.ID.String()
	into[api.Receipt](t, w.do(t, call{who: "otto", method: "POST", path: path + "/extend", ifMatch: `"1"`, body: map[string]any{
		"due_at": record.DueAt.AddDate(0, 0, 10), "reason": "The laboratory is late.",
	}}), http.StatusOK)
	open := into[api.Record](t, w.ask(t, "otto", "GET", path, nil), http.StatusOK).Tasks
	task := "/v1/tasks/" + open[len(open)-1].ID.String()
	read := into[api.Task](t, w.ask(t, "otto", "GET", task, nil), http.StatusOK)
	require.Equal(t, models.StepExtensionApproval, read.Step)
	require.Equal(t, []string{"segregation"}, rules(read))
	w.administer(t, "admin.revoke", models.PersonRef{User: w.People["otto"], Grant: w.grantOf(t, "otto"), Reason: "moved on"})
	problem(t, w.ask(t, "otto", "GET", task, nil), http.StatusNotFound, models.CodeNotFound)
}

func rules(t api.Task) []string {
	out := []string{}
	for _, why := range t.Why {
		out = append(out, why.Rule)
	}
	return out
}
