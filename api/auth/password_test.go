// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// nobodyPHC is a hash that no password has.
var nobodyPHC = phc{params: cheap, salt: nobodySalt, key: make([]byte, keyBytes)}.String()

func TestHashVerifies(t *testing.T) {
	t.Parallel()
	h := newHasher(t, 2)
	text, err := h.Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(text, "$argon2id$v=19$m=8,t=1,p=1$"), text)

	ok, rehash, err := h.Verify(t.Context(), text, goodPassword)
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, rehash)

	ok, _, err = h.Verify(t.Context(), text, goodPassword+"x")
	require.NoError(t, err)
	require.False(t, ok)

	again, err := h.Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	require.NotEqual(t, text, again, "each hash has its own salt")
}

func TestVerifyAsksForRehashUnderOtherParams(t *testing.T) {
	t.Parallel()
	text, err := newHasher(t, 1).Hash(t.Context(), goodPassword)
	require.NoError(t, err)
	stronger, err := NewHasher(Params{Memory: 16, Time: 1, Threads: 1}, 1)
	require.NoError(t, err)
	ok, rehash, err := stronger.Verify(t.Context(), text, goodPassword)
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, rehash)
}

func TestPasswordsAreComparedInNFC(t *testing.T) {
	t.Parallel()
	h := newHasher(t, 1)
	text, err := h.Hash(t.Context(), "caf\u00e9 au lait 1889")
	require.NoError(t, err)
	ok, _, err := h.Verify(t.Context(), text, "cafe\u0301 au lait 1889")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestNewHasherRefusesParams(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Params{
		"zero":     {},
		"memory":   {Memory: 7, Time: 1, Threads: 1},
		"too much": {Memory: maxMemory + 1, Time: 1, Threads: 1},
		"passes":   {Memory: 64, Time: maxTime + 1, Threads: 1},
		"threads":  {Memory: 64, Time: 1, Threads: maxThreads + 1},
	} {
		_, err := NewHasher(p, 1)
		require.Error(t, err, name)
	}
	_, err := NewHasher(DefaultParams, 0)
	require.NoError(t, err)
}

func TestBurstOfLoginsIsBounded(t *testing.T) {
	t.Parallel()
	const slots, burst = 3, 200
	h := newHasher(t, slots)
	var running, most atomic.Int64
	derive := h.derive
	h.derive = func(password, salt []byte, p Params, length uint32) []byte {
		n := running.Add(1)
		defer running.Add(-1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		return derive(password, salt, p, length)
	}
	var wg sync.WaitGroup
	var served, refused atomic.Int64
	for range burst {
		wg.Go(func() {
			switch err := h.VerifyNobody(t.Context(), goodPassword); {
			case err == nil:
				served.Add(1)
			default:
				if e, ok := models.AsError(err); ok && e.Code == models.CodeTooMany {
					refused.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, most.Load(), int64(slots-1), "one slot stays free for a signature")
	require.EqualValues(t, burst, served.Load()+refused.Load())
	require.NotZero(t, served.Load())
}

// hold makes every check wait for a receive from the returned channel, and notes in which order they begin.
func hold(h *Hasher) (begun func() []string, step chan struct{}) {
	var mu sync.Mutex
	var order []string
	step = make(chan struct{})
	derive := h.derive
	h.derive = func(password, salt []byte, p Params, length uint32) []byte {
		mu.Lock()
		order = append(order, string(password))
		mu.Unlock()
		<-step
		return derive(password, salt, p, length)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(order)
	}, step
}

func TestBurstOfLoginsDoesNotDelayASignature(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		slots int
		want  []string // the first to begin
	}{
		"a slot is kept free":    {slots: 2, want: []string{"login", "signing"}},
		"next where there's one": {slots: 1, want: []string{"login", "signing", "login"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHasher(t, tt.slots)
				text, err := h.Hash(t.Context(), "signing")
				require.NoError(t, err)
				begun, step := hold(h)
				for range 20 {
					go func() { _ = h.VerifyNobody(t.Context(), "login") }()
				}
				synctest.Wait()
				require.Equal(t, []string{"login"}, begun(), "one login at a time, 19 wait")
				var ok bool
				go func() { ok, _, _ = h.VerifyForSigning(t.Context(), text, "signing") }()
				synctest.Wait()
				for len(begun()) < len(tt.want) {
					step <- struct{}{}
					synctest.Wait()
				}
				require.Equal(t, tt.want, begun()[:len(tt.want)])
				close(step)
				synctest.Wait()
				require.True(t, ok)
			})
		})
	}
}

func TestFullLaneTurnsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(t, 1)
		_, step := hold(h)
		room := 1 + queuePerTurn
		for range room {
			go func() { _ = h.VerifyNobody(t.Context(), "login") }()
		}
		synctest.Wait()
		requireCode(t, h.VerifyNobody(t.Context(), "login"), models.CodeTooMany)

		served := false
		go func() {
			_, _, err := h.VerifyForSigning(t.Context(), nobodyPHC, "signing")
			served = err == nil
		}()
		close(step)
		synctest.Wait()
		require.True(t, served, "the lane of signatures has room of its own")
		require.NoError(t, h.VerifyNobody(t.Context(), "login"), "room is given back")
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(t, 1)
		_, step := hold(h)
		go func() { _ = h.VerifyNobody(t.Context(), "login") }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		var errs [2]error
		go func() { errs[0] = h.VerifyNobody(ctx, "login") }()                        // waits in its lane
		go func() { _, _, errs[1] = h.VerifyForSigning(ctx, nobodyPHC, "signing") }() // waits at the gate
		synctest.Wait()
		cancel()
		synctest.Wait()
		require.ErrorIs(t, errs[0], context.Canceled)
		require.ErrorIs(t, errs[1], context.Canceled)
		close(step)
		synctest.Wait()
		require.Zero(t, h.logins.in.Load())
		require.Zero(t, h.signings.in.Load())
	})
}

func BenchmarkHash(b *testing.B) {
	for name, p := range map[string]Params{"default": DefaultParams, "46MiB_once": {Memory: 46 * 1024, Time: 1, Threads: 1}, "cheapest": cheap} {
		b.Run(name, func(b *testing.B) {
			h, err := NewHasher(p, 0)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := h.Hash(b.Context(), goodPassword)
				require.NoError(b, err)
			}
		})
	}
}
