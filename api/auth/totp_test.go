// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// The last six digits of RFC 6238's test vectors for SHA-1 (appendix B).
func TestMatchStepOfRFC6238(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		step, ok, err := matchStep(secret, code, time.Unix(at, 0))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, at/30, step)
	}
}

func TestMatchStepWindow(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	const code, step = "050471", 1111111111 / 30
	for offset, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		got, ok, err := matchStep(secret, code, time.Unix((step+offset)*30, 0))
		require.NoError(t, err)
		require.Equal(t, want, ok, "%d steps off", offset)
		if want {
			require.EqualValues(t, step, got)
		}
	}
	for _, bad := range []string{"", "05047", "0504711", "５０４７１０", "050472", "050471\x00"} {
		_, ok, err := matchStep(secret, bad, time.Unix(step*30, 0))
		require.NoError(t, err)
		require.False(t, ok, bad)
	}
	_, ok, err := matchStep(secret, "050 471", time.Unix(step*30, 0))
	require.NoError(t, err)
	require.True(t, ok, "as apps show it")
}

func TestEnrolmentIsTested(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pending, e, err := w.Box.EnrolTOTP(*w.secrets, "Acme", "akowalska")
	require.NoError(t, err)
	require.False(t, pending.TOTPConfirmed)
	require.Contains(t, e.URL, "otpauth://totp/Acme:akowalska?")
	require.Contains(t, e.URL, "secret="+e.Secret)
	require.False(t, bytes.Contains(pending.TOTPSecret, []byte(e.Secret)))
	*w.secrets = pending

	_, err = w.ConfirmTOTP(t.Context(), pending, "000")
	requireField(t, err, "totp", "wrong")
	_, err = w.ConfirmTOTP(t.Context(), ResetTOTP(pending), "000000")
	requireCode(t, err, models.CodeMoved)
}

func TestEnrolmentDoesNotReplaceATokenInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)
	require.True(t, w.secrets.TOTPConfirmed)
	_, _, err := w.Box.EnrolTOTP(*w.secrets, "Acme", "akowalska")
	requireCode(t, err, models.CodeMoved)
	_, err = w.ConfirmTOTP(t.Context(), *w.secrets, code(0))
	requireCode(t, err, models.CodeMoved)
	_, _, err = w.Box.EnrolTOTP(ResetTOTP(*w.secrets), "Acme", "akowalska")
	require.NoError(t, err)
}

func TestConfirmingSpendsTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)
	w.now = w.now.Add(-10 * time.Minute) // back to the instant of the test
	_, ok, err := w.spendTOTP(t.Context(), *w.secrets, code(0))
	require.NoError(t, err)
	require.False(t, ok)
	_, ok, err = w.spendTOTP(t.Context(), *w.secrets, code(-1))
	require.NoError(t, err)
	require.False(t, ok, "nor is an earlier one good after it")
}

func TestOneCodeHasOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.enrol(t)(0)
	var winners atomic.Int64
	var wg sync.WaitGroup
	secrets := *w.secrets
	for range 32 {
		wg.Go(func() {
			if _, ok, err := w.spendTOTP(t.Context(), secrets, code); err == nil && ok {
				winners.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, winners.Load())
}
