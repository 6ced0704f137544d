// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestAPIKeyOpensASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text, start, err := NewAPIKey(w.org, *w.robot, "LIMS, line 3", w.now.Add(90*24*time.Hour), w.now)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(text, "csk1_"))
	require.Equal(t, models.SessionAPIKey, start.Kind)
	require.Equal(t, w.robot.ID, start.User)
	require.Zero(t, start.IdleSeconds)
	w.sessions[string(start.TokenHash)] = &memorySession{start: start}

	session, err := w.Authenticate(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, models.KindService, session.Person.Kind)
	_, err = w.Authenticate(t.Context(), strings.Replace(text, "csk1_", "cs1_", 1))
	requireCode(t, err, models.CodeUnauthenticated)
	w.now = start.ExpiresAt
	_, err = w.Authenticate(t.Context(), text)
	requireCode(t, err, models.CodeUnauthenticated)
}

func TestNewAPIKeyRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	soon := w.now.Add(time.Hour)
	_, _, err := NewAPIKey(w.org, *w.anna, "key", soon, w.now)
	requireField(t, err, "account", "not_a_service_account")
	for _, name := range []string{"", "  ", "a\x00b", "a\nb", "\xff", strings.Repeat("n", 101)} {
		_, _, err = NewAPIKey(w.org, *w.robot, name, soon, w.now)
		requireField(t, err, "name", "invalid")
	}
	for _, expires := range []time.Time{{}, w.now, w.now.AddDate(2, 0, 0)} {
		_, _, err = NewAPIKey(w.org, *w.robot, "key", expires, w.now)
		requireField(t, err, "expires_at", "out_of_range")
	}
}
