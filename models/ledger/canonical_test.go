// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

// TestCanonicalFixture reads the file that other implementations are tested with, too.
func TestCanonicalFixture(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/canonical.json")
	require.NoError(t, err)
	var fixture struct {
		Cases []struct {
			Name, Input, Canonical string
			SHA256                 ledger.Hash
		}
		Refused []struct{ Name, Input, Pointer string }
	}
	require.NoError(t, json.Unmarshal(b, &fixture))
	require.NotEmpty(t, fixture.Cases)
	for _, c := range fixture.Cases {
		got, err := ledger.Canonical(json.RawMessage(c.Input))
		require.NoError(t, err, c.Name)
		require.Equal(t, c.Canonical, string(got), c.Name)
		require.Equal(t, c.SHA256, ledger.ContentHash(got), c.Name)
		again, err := ledger.CanonicalJSON(got)
		require.NoError(t, err, c.Name)
		require.Equal(t, c.Canonical, string(again), c.Name)
	}
	require.NotEmpty(t, fixture.Refused)
	for _, c := range fixture.Refused {
		_, err := ledger.CanonicalJSON([]byte(c.Input))
		var located *ledger.CanonicalError
		require.ErrorAs(t, err, &located, c.Name)
		require.Equal(t, c.Pointer, located.Pointer, c.Name)
	}
}

func TestCanonicalRefusesGoValues(t *testing.T) {
	t.Parallel()
	type batch struct {
		Lot      string  `json:"lot"`
		Quantity float64 `json:"quantity"`
	}
	tests := []struct {
		name    string
		value   any
		pointer string
		problem string
	}{
		{"not a number", map[string]any{"batches": []batch{{}, {Quantity: math.NaN()}}}, "/batches/1/quantity", "finite"},
		{"infinity", map[string]any{"a~b": math.Inf(-1)}, "/a~0b", "finite"},
		{"infinity alone", math.Inf(1), "", "finite"},
		{"NUL", batch{Lot: "BX\x00"}, "/lot", "U+0000"},
		{"not UTF-8", []any{"ok", batch{Lot: "BX\xff"}}, "/1/lot", "UTF-8"},
		{"too large an integer", map[string]any{"n": uint64(math.MaxUint64)}, "/n", "18446744073709552000"},
	}
	for _, tt := range tests {
		_, err := ledger.Canonical(tt.value)
		var located *ledger.CanonicalError
		require.ErrorAs(t, err, &located, tt.name)
		require.Equal(t, tt.pointer, located.Pointer, tt.name)
		require.Contains(t, located.Problem, tt.problem, tt.name)
	}
	for _, fine := range []any{"\uFFFD", `\u0000`, `\ufffd`, 1e20, 123456789012345670000.0, "1234567890123456789", int64(1) << 53} {
		_, err := ledger.Canonical(fine)
		require.NoError(t, err, "%v", fine)
	}
	_, err := ledger.CanonicalJSON([]byte(`{"a":1,"a":2}`))
	require.Error(t, err)
	_, err = ledger.CanonicalJSON([]byte(`{} {}`))
	require.Error(t, err)
}

func TestHashText(t *testing.T) {
	t.Parallel()
	h := ledger.ContentHash([]byte("abc"))
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", h.String())
	back, err := ledger.ParseHash(h.String())
	require.NoError(t, err)
	require.Equal(t, h, back)
	for _, bad := range []string{"", "ba", h.String() + "00", "BA" + h.String()[2:], "zz" + h.String()[2:]} {
		_, err := ledger.ParseHash(bad)
		require.Error(t, err, bad)
	}
}
