// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models/modeltest"
)

// Drafts that come all at once, and the decision among them: each is kept or refused, none is lost to a fault of ours.
func TestDraftsAndTheDecisionAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.token(t, "otto")
	for round := range 5 {
		d := w.fileDeviation(t, "rita", modeltest.Berlin, fmt.Sprintf("Round %d", round))
		path := "/v1/tasks/" + d.Tasks[0].ID.String()
		into[api.Receipt](t, w.ask(t, "otto", "POST", path+"/claim", nil), http.StatusOK)
		replies := make([]reply, 21)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				replies[i] = w.ask(t, "otto", "PUT", path+"/draft", map[string]any{"data": map[string]any{"impact_data": fmt.Sprint(i)}})
			})
		}
		all.Go(func() {
			replies[20] = w.do(t, call{who: "otto", method: "POST", path: path + "/complete", ifMatch: `"1"`, body: map[string]any{"outcome": "done", "data": triage()}})
		})
		all.Wait()
		for i, r := range replies[:20] {
			require.Contains(t, []int{http.StatusOK, http.StatusForbidden, http.StatusConflict}, r.StatusCode, "round %d, draft %d: %s", round, i, r.raw)
		}
		into[api.Receipt](t, replies[20], http.StatusOK)
	}
}

// stuck lets a draft of somebody's wait in the database, and returns the backend that waits.
func (w *world) stuck(t *testing.T, conn *pgx.Conn) (backend int) {
	t.Helper()
	require.Eventually(t, func() bool {
		err := conn.QueryRow(t.Context(), "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT l.granted AND d.datname = current_database()").Scan(&backend)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	return backend
}

func TestADraftThatTheDatabaseDidNotKeepIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line stopped")
	path := "/v1/tasks/" + d.Tasks[0].ID.String()
	into[api.Receipt](t, w.ask(t, "otto", "POST", path+"/claim", nil), http.StatusOK)
	lock, admin := w.DB.Admin(t), w.DB.Admin(t)
	draft := call{who: "otto", method: "PUT", path: path + "/draft", body: map[string]any{"data": map[string]any{"impact_data": "None"}}}
	wait := func() {
		_, err := lock.Exec(t.Context(), "BEGIN; LOCK TABLE drafts")
		require.NoError(t, err)
	}
	goOn := func() {
		_, err := lock.Exec(t.Context(), "ROLLBACK")
		require.NoError(t, err)
	}

	wait()
	answered := make(chan reply, 1)
	go func() { answered <- w.do(t, draft) }()
	_, err := admin.Exec(t.Context(), "SELECT pg_terminate_backend($1)", w.stuck(t, admin))
	require.NoError(t, err)
	r := <-answered
	problem(t, r, http.StatusServiceUnavailable, "unavailable")
	require.Equal(t, "5", r.Header.Get("Retry-After"))
	goOn()
	into[api.Draft](t, w.do(t, draft), http.StatusOK)

	// A browser that leaves the page does not wait for its draft: that is no failure of the server.
	wait()
	leaving, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(leaving, "PUT", w.Server.URL+path+"/draft", jsonOf(draft.body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+w.token(t, "otto"))
	request.Header.Set("Content-Type", "application/json")
	left := make(chan error, 1)
	go func() {
		res, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			_ = res.Body.Close()
		}
		left <- err
	}()
	w.stuck(t, admin)
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	counted := func(status string) bool {
		metrics := string(w.do(t, call{method: "GET", path: "/metrics"}).raw)
		return strings.Contains(metrics, `countersign_http_requests_total{method="PUT",route="/v1/tasks/{id}/draft",status="`+status+`"} 1`)
	}
	require.Eventually(t, func() bool { return counted("499") }, 10*time.Second, 10*time.Millisecond)
	require.True(t, counted("503"), "and not two of these")
	goOn()
}
