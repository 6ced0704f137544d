// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// withdrawn reads what was told of requests that nobody decided: key and what it was, in turn.
func withdrawn(t *testing.T, w *modeltest.World, record uuid.UUID) [][2]string {
	t.Helper()
	rows, err := w.DB.Admin(t).Query(t.Context(), "SELECT user_key, about->>'what' FROM notifications WHERE record_id = $1 AND kind = 'request_withdrawn'", record)
	require.NoError(t, err)
	told, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (told [2]string, err error) {
		err = row.Scan(&told[0], &told[1])
		return told, err
	})
	require.NoError(t, err)
	return told
}

// Whoever asked for more time hears that the record was closed before anybody said yes or no.
func TestARequestThatIsWithdrawnIsToldToWhoAsked(t *testing.T) {
	t.Parallel()
	w := newWorldInTwo(t)
	record, _ := file(t, w, "rita")
	approve(t, w, "quinn", record, "approval")
	require.Nil(t, run(t, w, "", models.CommandOpenStep, record, uuid.Nil, models.OpenStep{Step: "release"}, bySystem).Refused)
	more := models.Extension{DueAt: time.Now().AddDate(0, 3, 0), Reason: "The laboratory needs longer."}
	require.Nil(t, run(t, w, "otto", "record.extend", record, uuid.Nil, more).Refused)
	require.Empty(t, withdrawn(t, w, record), "it waits for its decision")
	approve(t, w, "quentin", record, "release")

	var state string
	require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), "SELECT state FROM steps WHERE record_id = $1 AND step = $2", record, models.StepExtensionApproval).Scan(&state))
	require.Equal(t, models.StepWithdrawn, state)
	told := withdrawn(t, w, record)
	require.Len(t, told, 1)
	require.Equal(t, models.UserKey(w.People["otto"]), told[0][0])
	require.Equal(t, "Approve the extension", told[0][1])
}

// A cancellation ends the record, too, and what else was asked for with it.
func TestACancellationWithdrawsOtherRequests(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	record := deviation(t, w, time.Hour, nil)
	more := models.Extension{DueAt: time.Now().AddDate(0, 3, 0), Reason: "The laboratory needs longer."}
	require.Nil(t, run(t, w, "otto", "record.extend", record, uuid.Nil, more, asDeviation).Refused)
	require.Nil(t, run(t, w, "rita", "record.cancel", record, uuid.Nil, models.Why{Reason: "Reported twice."}, asDeviation).Refused)
	task := models.DeriveID("task", record.String(), models.StepCancellationApproval, "1", "1")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, task, nil, asDeviation).Refused)
	require.Nil(t, run(t, w, "quinn", "task.complete", record, task, yes, sheet(t, w, "quinn", record, task, yes), asDeviation).Refused)
	told := withdrawn(t, w, record)
	require.Len(t, told, 1, "the cancellation itself was decided")
	require.Equal(t, models.UserKey(w.People["otto"]), told[0][0])
}
