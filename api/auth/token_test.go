// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestTokenRoundTrip(t *testing.T) {
	t.Parallel()
	org := uuid.New()
	for _, prefix := range []string{sessionPrefix, apiKeyPrefix} {
		text, hash := newToken(prefix, org)
		require.Regexp(t, "^"+prefix+"[0-9a-f]{32}_[A-Za-z0-9_-]{43}$", text)
		gotOrg, gotHash, err := ParseToken(text)
		require.NoError(t, err)
		require.Equal(t, org, gotOrg)
		require.Equal(t, hash, gotHash)
		sum := sha256.Sum256([]byte(text))
		require.Equal(t, sum[:], hash)
	}
	first, _ := NewToken(org)
	second, _ := NewToken(org)
	require.NotEqual(t, first, second)
}

func TestParseTokenIsStrict(t *testing.T) {
	t.Parallel()
	good := sessionPrefix + "0123456789abcdef0123456789abcdef_" + strings.Repeat("A", 43)
	_, _, err := ParseToken(good)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"empty":            "",
		"prefix only":      sessionPrefix,
		"another prefix":   "x" + good,
		"upper case":       strings.Replace(good, "abcdef", "ABCDEF", 1),
		"no hex":           strings.Replace(good, "abcdef", "abcdeg", 1),
		"no separator":     strings.Replace(good, "f_A", "f-A", 1),
		"short":            good[:len(good)-1],
		"long":             good + "A",
		"padding":          good[:len(good)-1] + "=",
		"stray bits":       good[:len(good)-1] + "B",
		"newline in it":    good[:len(good)-1] + "\n",
		"space after":      good + " ",
		"standard base64":  good[:len(good)-1] + "+",
		"NUL":              good[:len(good)-1] + "\x00",
		"dashed uuid":      sessionPrefix + "01234567-89ab-cdef-0123-456789abcdef_" + strings.Repeat("A", 43),
		"megabytes of one": strings.Repeat(good, 10_000),
	} {
		org, hash, err := ParseToken(text)
		require.ErrorIs(t, err, errToken, name)
		require.Equal(t, uuid.Nil, org, name)
		require.Nil(t, hash, name)
	}
}

func FuzzParseToken(f *testing.F) {
	text, _ := NewToken(uuid.Nil)
	f.Add(text)
	f.Add(apiKeyPrefix + strings.Repeat("0", 32) + "_" + strings.Repeat("_", 42) + "A")
	f.Add("cs1_")
	f.Fuzz(func(t *testing.T, text string) {
		org, hash, err := ParseToken(text)
		if err != nil {
			require.NotContains(t, err.Error(), "cs1_")
			return
		}
		require.Len(t, hash, sha256.Size)
		require.Contains(t, text, strings.ReplaceAll(org.String(), "-", ""))
		require.Contains(t, []int{len(sessionPrefix) + 76, len(apiKeyPrefix) + 76}, len(text))
	})
}
