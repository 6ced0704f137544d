// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// standing reads how many failed attempts somebody has in a row, and whether he is locked.
func standing(t *testing.T, w *modeltest.World, who string) (failures int, locked bool) {
	t.Helper()
	err := w.DB.Admin(t).QueryRow(t.Context(), "SELECT failures, locked_at IS NOT NULL FROM users WHERE org_id = $1 AND id = $2",
		w.Org, w.People[who]).Scan(&failures, &locked)
	require.NoError(t, err)
	return failures, locked
}

func wrong(code models.Code) func(*models.Command) {
	return func(c *models.Command) {
		c.Refusal = models.Refuse(code, "Refused.", models.Reason{Rule: models.RulePassword, Text: "The password is not right."})
	}
}

// Wrong guesses of the same instant are all answered and all counted, at the login and at a signature (11.300(d)).
func TestWrongGuessesAtTheSameInstantAreAllCounted(t *testing.T) {
	t.Parallel()
	const guesses = 24
	w := newRequestWorld(t)
	record := models.NewID()
	require.Nil(t, run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}}).Refused)
	task := models.DeriveID("task", record.String(), "approval", "1", "1")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, task, nil).Refused)
	for who, guess := range map[string]func() models.Receipt{
		"rita": func() models.Receipt {
			return run(t, w, "rita", models.CommandSessionStart, uuid.Nil, uuid.Nil, struct{}{}, wrong(models.CodeUnauthenticated))
		},
		"quinn": func() models.Receipt {
			return run(t, w, "quinn", "task.complete", record, task, yes, wrong(models.CodeSigningRefused))
		},
	} {
		var all sync.WaitGroup
		receipts := make([]models.Receipt, guesses)
		for i := range receipts {
			all.Go(func() { receipts[i] = guess() })
		}
		all.Wait()
		for _, r := range receipts {
			require.NotNil(t, r.Refused)
		}
		failures, locked := standing(t, w, who)
		require.Equal(t, guesses, failures, who)
		require.True(t, locked)
	}
}

// A service account has no password: guessing at one does not stop the line whose API key it holds.
func TestWrongLoginsDoNotLockAServiceAccount(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	for range 6 {
		run(t, w, "mes", models.CommandSessionStart, uuid.Nil, uuid.Nil, struct{}{}, wrong(models.CodeUnauthenticated))
	}
	failures, locked := standing(t, w, "mes")
	require.Zero(t, failures)
	require.False(t, locked)
}

// A password that was chosen while an administrator took the token back changes the password and nothing of the token (11.300(c)).
func TestANewPasswordDoesNotBringATokenBack(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	quinn := models.PersonRef{User: w.People["quinn"]}
	secrets := func() models.Secrets {
		c, err := w.DB.Credential(t.Context(), w.Org, quinn.User, "", models.NewID(), w.Commit.Now())
		require.NoError(t, err)
		return *c.Secrets
	}
	token := secrets()
	token.TOTPSecret = []byte("sealed")
	quinn.Secrets = &token
	require.Nil(t, run(t, w, "quinn", "totp.begin", uuid.Nil, uuid.Nil, quinn).Refused)
	require.Nil(t, run(t, w, "quinn", "totp.confirm", uuid.Nil, uuid.Nil, quinn).Refused)

	chosen := secrets()
	require.True(t, chosen.TOTPConfirmed)
	chosen.PasswordOld = append([]string{chosen.PasswordHash}, chosen.PasswordOld...)
	chosen.PasswordHash = "chosen"
	reset := models.PersonRef{User: quinn.User, Reason: "lost her phone"}
	require.Nil(t, run(t, w, "ada", "admin.totp_reset", uuid.Nil, uuid.Nil, reset).Refused)
	quinn.Secrets = &chosen
	require.Nil(t, run(t, w, "quinn", "credential.set", uuid.Nil, uuid.Nil, quinn).Refused)

	now := secrets()
	require.Equal(t, "chosen", now.PasswordHash)
	require.False(t, now.TOTPConfirmed)
	require.Empty(t, now.TOTPSecret)
}
