// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func (w *world) change(t *testing.T, current, next string) error {
	t.Helper()
	changed, err := w.Hasher.ChangePassword(t.Context(), PasswordChange{Person: *w.anna, Secrets: *w.secrets, Current: current, New: next, At: w.now})
	if err != nil {
		require.Equal(t, *w.secrets, changed, "nothing to store")
		require.NotContains(t, err.Error(), next)
		return err
	}
	*w.secrets = changed
	return nil
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const next = "quince-gasket-41-ferry"
	e := requireCode(t, w.change(t, "wrong", next), models.CodeUnauthenticated)
	require.Equal(t, []string{models.RulePassword}, rules(e))
	requireField(t, w.change(t, goodPassword, "password1234"), "new_password", "too_common")
	requireField(t, w.change(t, goodPassword, goodPassword), "new_password", "reused")

	old := w.secrets.PasswordHash
	require.NoError(t, w.change(t, goodPassword, next))
	require.Equal(t, []string{old}, w.secrets.PasswordOld)
	require.Equal(t, w.now, *w.secrets.PasswordSet)
	ok, _, err := w.Hasher.Verify(t.Context(), w.secrets.PasswordHash, next)
	require.NoError(t, err)
	require.True(t, ok)

	w.now = w.now.Add(24*time.Hour - time.Second)
	requireField(t, w.change(t, next, "mallet-cirrus-58-dune"), "new_password", "too_soon")
	w.now = w.now.Add(time.Second)
	require.NoError(t, w.change(t, next, "mallet-cirrus-58-dune"))

	w.secrets.PasswordHash = ""
	requireCode(t, w.change(t, "", next), models.CodeUnauthenticated)
}

func TestPasswordsComeBackAfterTenOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	current := goodPassword
	for i := range passwordHistory {
		w.now = w.now.Add(25 * time.Hour)
		requireField(t, w.change(t, current, goodPassword), "new_password", "reused")
		next := fmt.Sprintf("mallet-cirrus-%02d-dune", i)
		require.NoError(t, w.change(t, current, next))
		current = next
	}
	require.Len(t, w.secrets.PasswordOld, passwordHistory)
	w.now = w.now.Add(25 * time.Hour)
	requireField(t, w.change(t, current, goodPassword), "new_password", "reused")
	require.NoError(t, w.change(t, current, "one-more-19-walnut"))
	w.now = w.now.Add(25 * time.Hour)
	require.NoError(t, w.change(t, "one-more-19-walnut", goodPassword))
	require.Len(t, w.secrets.PasswordOld, passwordHistory)
}

func TestFirstPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	blank := models.Secrets{Org: w.org, User: w.anna.ID}
	_, err := w.Hasher.FirstPassword(t.Context(), *w.anna, blank, "short", true, w.now)
	requireField(t, err, "new_password", "too_short")
	s, err := w.Hasher.FirstPassword(t.Context(), *w.anna, blank, goodPassword, true, w.now)
	require.NoError(t, err)
	require.True(t, s.MustChange)
	require.NotNil(t, s.PasswordOld, "the column holds no null")
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t)
	before := *w.secrets
	first, err := w.Hasher.ResetPassword(t.Context(), before, w.now)
	require.NoError(t, err)
	second, err := w.Hasher.ResetPassword(t.Context(), before, w.now)
	require.NoError(t, err)
	require.NotEqual(t, first.OneTime, second.OneTime)
	require.GreaterOrEqual(t, len(first.OneTime), 26, "at least 128 random bits")
	require.True(t, first.Secrets.MustChange)
	require.Equal(t, w.now, first.CredentialResetAt)
	require.Equal(t, before.TOTPSecret, first.Secrets.TOTPSecret)
	require.Equal(t, []string{before.PasswordHash}, first.Secrets.PasswordOld)

	*w.secrets = first.Secrets
	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	requireCode(t, err, models.CodeUnauthenticated)
	requireField(t, w.change(t, first.OneTime, goodPassword), "new_password", "reused")
	require.NoError(t, w.change(t, first.OneTime, "quince-gasket-41-ferry"), "no day's wait after a reset")
	require.False(t, w.secrets.MustChange)
}
