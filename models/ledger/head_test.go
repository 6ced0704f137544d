// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func TestHeadIsACheckpoint(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	h := ledger.Head{Org: org, Size: 11, Root: ledger.ContentHash([]byte("root")), At: start.Add(1500 * time.Millisecond)}
	text, err := ledger.SignHead(h, k)
	require.NoError(t, err)
	lines := strings.Split(text, "\n")
	require.Equal(t, "countersign/"+org.String(), lines[0])
	require.Equal(t, "11", lines[1])
	require.Equal(t, "2026-03-04T08:00:01.5Z", lines[3])
	require.Empty(t, lines[4])
	require.True(t, strings.HasPrefix(lines[5], "— countersign/"+org.String()+" "))

	got, by, err := ledger.OpenHead(text, []ledger.Key{key("other", start).Key, k.Key})
	require.NoError(t, err)
	require.Equal(t, h, got)
	require.Equal(t, []string{k.ID}, by)

	_, _, err = ledger.OpenHead(text, []ledger.Key{key("other", start).Key})
	require.ErrorIs(t, err, ledger.ErrHeadUnsigned)
	_, _, err = ledger.OpenHead(text, nil)
	require.ErrorIs(t, err, ledger.ErrHeadUnsigned)
	_, _, err = ledger.OpenHead(strings.Replace(text, "\n11\n", "\n12\n", 1), []ledger.Key{k.Key})
	require.ErrorIs(t, err, ledger.ErrHeadForged)
}

func TestHeadOfTwoKeys(t *testing.T) {
	t.Parallel()
	a, b := key("first", start), key("second", start)
	text, err := ledger.SignHead(ledger.Head{Org: org, At: start}, a, b)
	require.NoError(t, err)
	_, by, err := ledger.OpenHead(text, []ledger.Key{a.Key, b.Key})
	require.NoError(t, err)
	require.Equal(t, []string{a.ID, b.ID}, by)
	_, by, err = ledger.OpenHead(text, []ledger.Key{b.Key})
	require.NoError(t, err)
	require.Equal(t, []string{b.ID}, by)
}

func TestMalformedHeads(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	good, err := ledger.SignHead(ledger.Head{Org: org, Size: 11, At: start}, k)
	require.NoError(t, err)
	for _, change := range [][2]string{
		{"countersign/", "elsewhere/"}, {"\n11\n", "\n-1\n"}, {"\n11\n", "\n011\n"}, {"\n11\n", "\n9223372036854775807\n"},
		{"AAAA", "A"}, {"2026-", "26-"}, {"\n\n", "\n"},
	} {
		_, _, err := ledger.OpenHead(strings.Replace(good, change[0], change[1], 1), []ledger.Key{k.Key})
		require.ErrorIs(t, err, ledger.ErrHeadMalformed, change)
	}
}

func TestSignHeadRefuses(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	for _, h := range []ledger.Head{{Org: id("another"), At: start}, {Org: org, Size: -1, At: start}, {Org: org}} {
		_, err := ledger.SignHead(h, k)
		require.Error(t, err)
	}
	_, err := ledger.SignHead(ledger.Head{Org: org, At: start})
	require.Error(t, err)
}

func TestKeyText(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	back, err := ledger.ParseKey(k.Key.String() + "\n")
	require.NoError(t, err)
	require.Equal(t, k.ID, back.ID)
	require.Equal(t, org, back.Org)
	require.Equal(t, k.Public, back.Public)
	s := k.Key.String()
	for _, bad := range []string{"", "countersign/x+1+2", s[:len(s)-2], strings.Replace(s, org.String(), uuid.Nil.String(), 1), strings.Replace(s, "+", "+0", 1)} {
		_, err := ledger.ParseKey(bad)
		require.Error(t, err, bad)
	}
}
