// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParsePHCRefuses(t *testing.T) {
	t.Parallel()
	good := phc{params: DefaultParams, salt: make([]byte, 16), key: make([]byte, 32)}.String()
	parsed, err := parsePHC(good)
	require.NoError(t, err)
	require.Equal(t, DefaultParams, parsed.params)

	for name, text := range map[string]string{
		"empty":            "",
		"another function": strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":  strings.Replace(good, "v=19", "v=16", 1),
		"memory for all":   strings.Replace(good, "m=19456", "m=4194304", 1),
		"memory overflow":  strings.Replace(good, "m=19456", "m=99999999999999999999", 1),
		"too little":       strings.Replace(good, "m=19456", "m=1", 1),
		"negative":         strings.Replace(good, "t=2", "t=-2", 1),
		"plus":             strings.Replace(good, "t=2", "t=+2", 1),
		"leading zero":     strings.Replace(good, "t=2", "t=02", 1),
		"passes for ever":  strings.Replace(good, "t=2", "t=4000000000", 1),
		"no passes":        strings.Replace(good, "t=2", "t=0", 1),
		"no threads":       strings.Replace(good, "p=1", "p=0", 1),
		"many threads":     strings.Replace(good, "p=1", "p=255", 1),
		"trailing":         good + "$x",
		"trailing param":   strings.Replace(good, "p=1", "p=1,x=1", 1),
		"padded":           good + "=",
		"newline":          good[:len(good)-1] + "\n" + good[len(good)-1:],
		"short key":        phc{params: DefaultParams, salt: make([]byte, 16), key: make([]byte, 4)}.String(),
		"no salt":          phc{params: DefaultParams, key: make([]byte, 32)}.String(),
		"long":             strings.Repeat("$", 1<<20),
	} {
		_, err := parsePHC(text)
		require.Error(t, err, name)
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(phc{params: DefaultParams, salt: make([]byte, 16), key: make([]byte, 32)}.String())
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parsePHC(text)
		if err != nil {
			return
		}
		require.NoError(t, h.params.check())
		require.Equal(t, text, h.String(), "a hash has one spelling")
	})
}
