// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestLoginBeginsASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings.IdleMinutes = 5
	result, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	require.NoError(t, err)
	require.False(t, result.MustChange)
	require.Equal(t, w.anna.ID, result.Session.Person.ID)
	require.Equal(t, w.now.Add(12*time.Hour), result.Session.ExpiresAt)

	require.Len(t, w.commits, 1)
	c := w.commits[0]
	require.Equal(t, models.CommandSessionStart, c.Name)
	require.Equal(t, w.org, c.Org)
	require.Equal(t, w.anna.ID, c.Actor)
	require.Equal(t, "192.0.2.7", c.Source.Address)
	require.Len(t, c.Fingerprint, 32)
	require.NotContains(t, string(c.Body), result.Token)
	require.NotContains(t, string(c.Body), goodPassword)
	var start models.SessionStart
	require.NoError(t, json.Unmarshal(c.Body, &start))
	_, hash, err := ParseToken(result.Token)
	require.NoError(t, err)
	require.Equal(t, models.SessionStart{
		ID: start.ID, User: w.anna.ID, TokenHash: hash, Kind: models.SessionCookie, Device: "device-1",
		IdleSeconds: 300, ExpiresAt: w.now.Add(12 * time.Hour),
	}, start)

	session, err := w.Authenticate(t.Context(), result.Token)
	require.NoError(t, err)
	require.Equal(t, result.Session.ID, session.ID)
}

// A stranger learns nothing: whoever he names, the answer is the same and a password was hashed for it.
func TestLoginTellsAStrangerNothing(t *testing.T) {
	t.Parallel()
	want := models.Refuse(models.CodeUnauthenticated, wrongLogin)
	for name, tt := range map[string]struct {
		prepare func(w *world)
		request func(r *LoginRequest)
		rule    string // of the committed refusal; "" where nobody is known
	}{
		"unknown organization": {request: func(r *LoginRequest) { r.Organization = "nobody" }},
		"unknown user":         {request: func(r *LoginRequest) { r.Username = "nobody" }},
		"no organization":      {request: func(r *LoginRequest) { r.Organization = "" }},
		"NUL in the username":  {request: func(r *LoginRequest) { r.Username = "akowalska\x00" }},
		"NUL in organization":  {request: func(r *LoginRequest) { r.Organization = "ac\x00me" }},
		"broken UTF-8":         {request: func(r *LoginRequest) { r.Username = "\xff" }},
		"endless username":     {request: func(r *LoginRequest) { r.Username = strings.Repeat("a", 1<<16) }},
		"wrong password":       {request: func(r *LoginRequest) { r.Password = "wrong" }, rule: models.RulePassword},
		"empty password":       {request: func(r *LoginRequest) { r.Password = "" }, rule: models.RulePassword},
		"service account":      {request: func(r *LoginRequest) { r.Username = "lims" }, rule: models.RulePassword},
		"no password set": {
			prepare: func(w *world) { w.secrets.PasswordHash = "" },
			request: func(*LoginRequest) {}, rule: models.RulePassword,
		},
		"locked, wrong password": {
			prepare: func(w *world) { w.anna.Locked = true },
			request: func(r *LoginRequest) { r.Password = "wrong" }, rule: models.RulePassword,
		},
		"wrong password, right code left out": {
			prepare: func(w *world) { w.secrets.TOTPConfirmed = true },
			request: func(r *LoginRequest) { r.Password = "wrong" }, rule: models.RulePassword,
		},
		"inactive": {
			prepare: func(w *world) { w.anna.Active = false },
			request: func(*LoginRequest) {}, rule: models.RuleInactive,
		},
		"service account with a password": {
			prepare: func(w *world) { w.anna.Kind = models.KindService },
			request: func(*LoginRequest) {}, rule: models.RuleServiceAccount,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tt.prepare != nil {
				tt.prepare(w)
			}
			r := w.login("akowalska", goodPassword, "")
			tt.request(&r)
			result, err := w.Login(t.Context(), r)
			require.Equal(t, want, err)
			require.Zero(t, result)
			require.Equal(t, 1, w.derived(), "one hash, as for anybody")
			if tt.rule == "" {
				require.Empty(t, w.commits)
				return
			}
			require.Len(t, w.commits, 1)
			require.Equal(t, models.CommandSessionStart, w.commits[0].Name)
			require.Equal(t, models.CodeUnauthenticated, w.commits[0].Refusal.Code)
			require.Equal(t, []string{tt.rule}, rules(w.commits[0].Refusal))
			require.NotContains(t, string(w.commits[0].Body), "password")
		})
	}
}

func TestLoginLocksUntilAnAdministratorUnlocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range lockAfter {
		_, err := w.Login(t.Context(), w.login("akowalska", "wrong", ""))
		requireCode(t, err, models.CodeUnauthenticated)
	}
	require.True(t, w.anna.Locked)
	_, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	e := requireCode(t, err, models.CodeUnauthenticated)
	_, wrong := w.Login(t.Context(), w.login("akowalska", "wrong", ""))
	require.Equal(t, wrong, err, "behind the lock, the right password looks like a wrong one")
	require.Empty(t, rules(e))
	require.Equal(t, []string{models.RuleLocked}, rules(w.commits[lockAfter].Refusal))

	w.anna.Locked = false
	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	require.NoError(t, err)
	require.Zero(t, w.failures[w.anna.ID])
}

// Whoever goes on guessing at a locked account fills neither the trail nor the log, and how often he tried is told.
func TestALockedAccountIsRecordedOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.anna.Locked = true
	try := func() {
		_, err := w.Login(t.Context(), w.login("akowalska", "wrong", ""))
		require.Equal(t, wrongLogin, requireCode(t, err, models.CodeUnauthenticated).Message)
	}
	for range 10 {
		try()
	}
	require.Len(t, w.commits, 1)
	w.now = w.now.Add(lockedEvery)
	try()
	require.Len(t, w.commits, 2)
	require.Contains(t, w.commits[1].Refusal.Reasons[0].Text, "There were 9 more attempts")
	w.now = w.now.Add(lockedEvery)
	try()
	require.Len(t, w.commits, 3)
	require.NotContains(t, w.commits[2].Refusal.Reasons[0].Text, "more attempts")
}

func TestLoginAsksForTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)

	_, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	require.Equal(t, []string{models.RuleTOTPMissing}, rules(requireCode(t, err, models.CodeUnauthenticated)))
	require.Zero(t, w.failures[w.anna.ID], "asking for the code is no failure")

	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, code(5)))
	require.Equal(t, []string{models.RuleTOTP}, rules(requireCode(t, err, models.CodeUnauthenticated)))
	require.Equal(t, 1, w.failures[w.anna.ID])

	_, err = w.Login(t.Context(), w.login("akowalska", "wrong", code(0)))
	require.Empty(t, requireCode(t, err, models.CodeUnauthenticated).Reasons)

	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, code(0)))
	require.NoError(t, err, "a wrong password has not spent the code")

	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, code(0)))
	require.Equal(t, []string{models.RuleTOTP}, rules(requireCode(t, err, models.CodeUnauthenticated)), "spent")
	require.Len(t, w.commits, 5, "every attempt is in the trail")
}

func TestOneCodeOpensOneSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)(0)
	var begun atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := w.Login(t.Context(), w.login("akowalska", goodPassword, code)); err == nil {
				begun.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, begun.Load())
	require.Len(t, w.sessions, 1)
}

func TestLoginFailsWhereTheTrailFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail = errors.New("disk full")
	for _, password := range []string{goodPassword, "wrong"} {
		_, err := w.Login(t.Context(), w.login("akowalska", password, ""))
		require.ErrorIs(t, err, w.fail)
		_, answer := models.AsError(err)
		require.False(t, answer, "no 401 without its entry")
	}
	require.Empty(t, w.sessions)
}

func TestLoginIsRefusedWhenCommitRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Store = lockedAfterRead{w.memory}
	result, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	requireCode(t, err, models.CodeUnauthenticated)
	require.Empty(t, result.Token)
	require.Empty(t, w.sessions)
}

func TestLoginKnowsTwoKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []string{"", "api_key", "COOKIE"} {
		r := w.login("akowalska", goodPassword, "")
		r.Kind = kind
		_, err := w.Login(t.Context(), r)
		requireField(t, err, "kind", "enum")
	}
	require.Empty(t, w.commits)
}

func TestRefusedLoginTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.FailureTime = 0
		for _, username := range []string{"akowalska", "nobody"} {
			started := time.Now()
			_, err := w.Login(t.Context(), w.login(username, "wrong", ""))
			require.Error(t, err)
			require.Equal(t, defaultFailureTime, time.Since(started))
		}
		started := time.Now()
		_, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
		require.NoError(t, err)
		require.Zero(t, time.Since(started))
	})
}
