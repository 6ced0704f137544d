// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// lockedAfterRead locks everyone between the check and the commit.
type lockedAfterRead struct{ *memory }

func (l lockedAfterRead) Credential(ctx context.Context, org, user uuid.UUID, username string, command uuid.UUID, at time.Time) (*models.Credential, error) {
	c, err := l.memory.Credential(ctx, org, user, username, command, at)
	for _, p := range l.people {
		p.Locked = true
	}
	return c, err
}

func TestSessionLimits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings       models.OrgSettings
		idle, absolute time.Duration
	}{
		"defaults":     {models.OrgSettings{}, 15 * time.Minute, 12 * time.Hour},
		"chosen":       {models.OrgSettings{IdleMinutes: 5, AbsoluteMinutes: 480}, 5 * time.Minute, 8 * time.Hour},
		"idle longer":  {models.OrgSettings{IdleMinutes: 600, AbsoluteMinutes: 60}, time.Hour, time.Hour},
		"switched off": {models.OrgSettings{IdleMinutes: -1, AbsoluteMinutes: -1}, 15 * time.Minute, 12 * time.Hour},
		"endless":      {models.OrgSettings{IdleMinutes: math.MaxInt, AbsoluteMinutes: math.MaxInt}, 24 * time.Hour, 24 * time.Hour},
	} {
		idle, absolute := SessionLimits(tt.settings)
		require.Equal(t, tt.idle, idle, name)
		require.Equal(t, tt.absolute, absolute, name)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w *world, s *models.Session){
		"idle":        func(_ *testing.T, w *world, _ *models.Session) { w.now = w.now.Add(defaultIdle) },
		"locked":      func(_ *testing.T, w *world, _ *models.Session) { w.anna.Locked = true },
		"deactivated": func(_ *testing.T, w *world, _ *models.Session) { w.anna.Active = false },
		"logout": func(t *testing.T, w *world, s *models.Session) {
			require.NoError(t, w.Logout(t.Context(), s, models.Source{Kind: "ui"}))
			require.Equal(t, models.CommandSessionEnd, w.commits[1].Name)
			require.Equal(t, w.anna.ID, w.commits[1].Actor)
		},
		"absolute": func(t *testing.T, w *world, _ *models.Session) {
			for range int(defaultAbsolute / (10 * time.Minute)) {
				w.now = w.now.Add(10 * time.Minute)
				for _, s := range w.sessions {
					s.seen = w.now
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			result, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
			require.NoError(t, err)
			_, err = w.Authenticate(t.Context(), result.Token)
			require.NoError(t, err)
			end(t, w, result.Session)
			_, err = w.Authenticate(t.Context(), result.Token)
			requireCode(t, err, models.CodeUnauthenticated)
		})
	}
}

func TestAuthenticateRefusesForeignTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unknown, _ := NewToken(w.org)
	elsewhere, _ := NewToken(uuid.New())
	for _, token := range []string{"", "Bearer", unknown, elsewhere, unknown + "\x00"} {
		session, err := w.Authenticate(t.Context(), token)
		requireCode(t, err, models.CodeUnauthenticated)
		require.Nil(t, session)
	}
}

func TestGivenPasswordIsChangedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reset, err := w.Hasher.ResetPassword(t.Context(), *w.secrets, w.now)
	require.NoError(t, err)
	*w.secrets = reset.Secrets
	result, err := w.Login(t.Context(), w.login("akowalska", reset.OneTime, ""))
	require.NoError(t, err)
	require.True(t, result.MustChange)
	e := requireCode(t, w.RequireOwnPassword(t.Context(), result.Session), models.CodeForbidden)
	require.Equal(t, []string{models.RuleMustChange}, rules(e))

	changed, err := w.Hasher.ChangePassword(t.Context(), PasswordChange{
		Person: *w.anna, Secrets: *w.secrets, Current: reset.OneTime, New: "quince-gasket-41-ferry", At: w.now,
	})
	require.NoError(t, err)
	*w.secrets = changed
	require.NoError(t, w.RequireOwnPassword(t.Context(), result.Session))

	robot := &models.Session{Org: w.org, Person: *w.robot, Kind: models.SessionAPIKey}
	require.NoError(t, w.RequireOwnPassword(t.Context(), robot))
}
