// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

var (
	onlyPassword = []string{models.ComponentPassword}
	allThree     = []string{models.ComponentUsername, models.ComponentPassword, models.ComponentTOTP}
)

func TestComponentsProveTheSigner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)
	factors, stored, err := w.CheckComponents(t.Context(), w.session(), onlyPassword, Components{Password: goodPassword}, uuid.New(), nil)
	require.NoError(t, err)
	require.Nil(t, stored)
	require.Equal(t, []string{"password"}, factors)

	factors, _, err = w.CheckComponents(t.Context(), w.session(), allThree,
		Components{Username: "akowalska", Password: goodPassword, TOTP: code(0)}, uuid.New(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"username", "password", "totp"}, factors)
	require.Empty(t, w.commits, "the caller commits")
}

func TestComponentsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		prepare  func(w *world)
		session  func(s *models.Session)
		required []string
		given    Components
		rules    []string
	}{
		"wrong password": {required: onlyPassword, given: Components{Password: "wrong"}, rules: []string{models.RulePassword}},
		"another person's name": {
			required: onlyPassword, given: Components{Username: "bob", Password: goodPassword}, rules: []string{models.RuleUsername},
		},
		"another person's name and password": {
			required: onlyPassword, given: Components{Username: "bob", Password: "bob's own"},
			rules: []string{models.RuleUsername, models.RulePassword},
		},
		"wrong code": {required: allThree, given: Components{"akowalska", goodPassword, "12345"}, rules: []string{models.RuleTOTP}},
		"all wrong": {
			required: allThree, given: Components{"bob", "wrong", "12345"},
			rules: []string{models.RuleUsername, models.RulePassword, models.RuleTOTP},
		},
		"session alone": {
			required: allThree,
			rules:    []string{models.RuleComponentMissing, models.RuleComponentMissing, models.RuleComponentMissing},
		},
		"code left out": {
			required: allThree, given: Components{Username: "akowalska", Password: goodPassword}, rules: []string{models.RuleComponentMissing},
		},
		"no component asked": {given: Components{Password: goodPassword}, rules: []string{models.RuleComponentMissing}},
		"a name proves nobody": {
			required: []string{models.ComponentUsername}, given: Components{Username: "akowalska"}, rules: []string{models.RuleComponentMissing},
		},
		"a component unknown here": {
			required: []string{models.ComponentPassword, "passkey"}, given: Components{Password: goodPassword},
			rules: []string{models.RuleComponentMissing},
		},
		"untested token": {
			prepare:  func(w *world) { w.secrets.TOTPConfirmed = false },
			required: allThree, given: Components{"akowalska", goodPassword, "123456"}, rules: []string{models.RuleComponentMissing},
		},
		"no password set": {
			prepare:  func(w *world) { w.secrets.PasswordHash = "" },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleComponentMissing},
		},
		"locked": {
			prepare:  func(w *world) { w.anna.Locked = true },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleLocked},
		},
		"inactive": {
			prepare:  func(w *world) { w.anna.Active = false },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleInactive},
		},
		"a password that an administrator gave": {
			prepare:  func(w *world) { w.secrets.MustChange = true },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleMustChange},
		},
		"service account": {
			session:  func(s *models.Session) { s.Person.Kind = models.KindService },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleServiceAccount},
		},
		"service account, found at the check": {
			prepare:  func(w *world) { w.anna.Kind = models.KindService },
			session:  func(s *models.Session) { s.Person.Kind = models.KindPerson },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleServiceAccount},
		},
		"API key": {
			session:  func(s *models.Session) { s.Kind = models.SessionAPIKey },
			required: onlyPassword, given: Components{Password: goodPassword}, rules: []string{models.RuleServiceAccount},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.enrol(t)
			if tt.prepare != nil {
				tt.prepare(w)
			}
			session := w.session()
			if tt.session != nil {
				tt.session(session)
			}
			factors, stored, err := w.CheckComponents(t.Context(), session, tt.required, tt.given, uuid.New(), nil)
			require.Nil(t, factors)
			require.Nil(t, stored)
			require.Equal(t, tt.rules, rules(requireCode(t, err, models.CodeSigningRefused)))
			if tt.given.Password != "" {
				require.NotContains(t, err.Error(), tt.given.Password)
			}
		})
	}
}

func TestWrongPasswordDoesNotSpendTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)(0)
	_, _, err := w.CheckComponents(t.Context(), w.session(), allThree, Components{"akowalska", "wrong", code}, uuid.New(), nil)
	require.Equal(t, []string{models.RulePassword}, rules(requireCode(t, err, models.CodeSigningRefused)))
	_, _, err = w.CheckComponents(t.Context(), w.session(), allThree, Components{"akowalska", goodPassword, code}, uuid.New(), nil)
	require.NoError(t, err)
	_, _, err = w.CheckComponents(t.Context(), w.session(), allThree, Components{"akowalska", goodPassword, code}, uuid.New(), nil)
	require.Equal(t, []string{models.RuleTOTP}, rules(requireCode(t, err, models.CodeSigningRefused)))
}

func TestAnsweredCommandReturnsItsReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t)
	command, fingerprint := uuid.New(), []byte("body")
	w.receipts[command] = &models.StoredReceipt{Fingerprint: fingerprint, Receipt: models.Receipt{Command: command, Number: "DEV-2026-0001"}}

	before := w.derived()
	_, stored, err := w.CheckComponents(t.Context(), w.session(), allThree, Components{"akowalska", goodPassword, "000000"}, command, fingerprint)
	require.NoError(t, err)
	require.Equal(t, "DEV-2026-0001", stored.Number)
	require.Equal(t, before, w.derived(), "nothing was checked")

	_, stored, err = w.CheckComponents(t.Context(), w.session(), allThree, Components{}, command, []byte("another body"))
	requireCode(t, err, models.CodeKeyReused)
	require.Nil(t, stored)
}

func TestOneCodeSignsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	given := Components{"akowalska", goodPassword, w.enrol(t)(0)}
	var signed, refused atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			_, _, err := w.CheckComponents(t.Context(), w.session(), allThree, given, uuid.New(), nil)
			switch e, ok := models.AsError(err); {
			case err == nil:
				signed.Add(1)
			case ok && e.Code == models.CodeSigningRefused && e.Reasons[0].Rule == models.RuleTOTP:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, signed.Load())
	require.EqualValues(t, 31, refused.Load())
}

func TestSecretOfAnotherKeyStopsTheCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)(0)
	box, err := NewSecretBox([]byte("0123456789abcdef0123456789abcdef"))
	require.NoError(t, err)
	w.Box = box
	_, _, err = w.CheckComponents(t.Context(), w.session(), allThree, Components{"akowalska", goodPassword, code}, uuid.New(), nil)
	require.Error(t, err)
	_, answer := models.AsError(err)
	require.False(t, answer, "a fault of ours is no refusal of the person's")
}
