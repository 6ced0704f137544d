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

// An integration looks at the processes of its site, which it signals, and reads no record by that.
func TestAnIntegrationSeesTheProcessesOfItsSite(t *testing.T) {
	t.Parallel()
	w := setup(t)
	here := w.fileDeviation(t, "rita", modeltest.Berlin, "Recorder stood still").ID.String()
	there := w.fileDeviation(t, "olga", modeltest.Brooklyn, "Over there").ID.String()
	view := into[api.WorkflowView](t, w.ask(t, "mes", "GET", "/v1/workflows/"+here, nil), http.StatusOK)
	require.Equal(t, "triage", view.Process.State)
	signalled := w.ask(t, "mes", "POST", "/v1/workflows/"+here+"/signals/arrived", map[string]any{"payload": map[string]any{"n": 1}})
	into[api.Receipt](t, signalled, http.StatusOK)
	for _, path := range []string{"/v1/workflows/" + there, "/v1/records/" + here, "/v1/records/" + here + "/process"} {
		problem(t, w.ask(t, "mes", "GET", path, nil), http.StatusNotFound, models.CodeNotFound)
	}
	problem(t, w.ask(t, "olga", "GET", "/v1/workflows/"+here, nil), http.StatusNotFound, models.CodeNotFound)
	into[api.WorkflowView](t, w.ask(t, "ivy", "GET", "/v1/workflows/"+here, nil), http.StatusOK)
}
