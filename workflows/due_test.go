// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A due date that passes on the real engine, in real time: the rung fires once.
func TestDueDatePassesOnce(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	record := p.report(t, "rita", func(data map[string]any) {
		aware := time.Now().Add(3*time.Second).In(berlin).AddDate(0, 0, -30)
		for _, id := range []string{"aware_at", "discovered_at", "occurred_to", "occurred_from"} {
			data[id] = aware.UTC().Format(time.RFC3339)
		}
		data["late_reason"] = "Found in the logbook at the end of the month."
	}).Record
	conn := p.DB.Admin(t)
	fired := func() (n int) {
		require.NoError(t, conn.QueryRow(context.Background(), "SELECT count(*) FROM audit_events WHERE record_id = $1 AND action = 'clock.due'", record).Scan(&n))
		return n
	}
	require.Eventually(t, func() bool { return fired() > 0 }, 20*time.Second, 100*time.Millisecond)
	time.Sleep(2 * time.Second)
	require.Equal(t, 1, fired())
}
