// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// One organization's verification keeps another one out of it, and no other organization's.
func TestOneVerificationOfAnOrganizationRunsAtATime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.otherOrganization(t) // Eve's
	w.seal(t)
	verify := func(who string) reply { return w.ask(t, who, "POST", "/v1/audit/verify", map[string]any{}) }
	for _, who := range []string{"ivy", "quinn", "eve"} {
		w.token(t, who)
	}
	lock, admin := w.DB.Admin(t), w.DB.Admin(t)
	_, err := lock.Exec(t.Context(), "BEGIN; LOCK TABLE audit_events")
	require.NoError(t, err)
	sent := make(chan reply, 2)
	for n, who := range []string{"ivy", "eve"} {
		go func() { sent <- verify(who) }()
		require.Eventually(t, func() bool {
			waiting := 0
			err := admin.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
				WHERE NOT l.granted AND d.datname = current_database()`).Scan(&waiting)
			return err == nil && waiting == n+1
		}, 10*time.Second, 10*time.Millisecond, who)
	}
	problem(t, verify("quinn"), http.StatusTooManyRequests, models.CodeTooMany)
	_, err = lock.Exec(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	for range 2 {
		require.Equal(t, http.StatusOK, (<-sent).StatusCode)
	}
	require.Equal(t, http.StatusOK, verify("quinn").StatusCode)
}
