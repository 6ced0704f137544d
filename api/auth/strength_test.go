// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestCheckStrength(t *testing.T) {
	t.Parallel()
	person := models.Person{Username: "j.li", Name: "José Li-Müller"}
	for name, tt := range map[string]struct {
		password string
		code     string // "" is accepted
	}{
		"passphrase":              {goodPassword, ""},
		"twelve":                  {"gk3-Vw9zq!Tr", ""},
		"accents count as one":    {strings.Repeat("e\u0301", 6) + "abcde", "too_short"},
		"umlauts":                 {"grün wächst übel", ""},
		"128":                     {strings.Repeat("a7!kQw2z", 15) + "plum-tar", ""},
		"eleven":                  {"gk3-Vw9zq!T", "too_short"},
		"empty":                   {"", "too_short"},
		"129":                     {strings.Repeat("a7!kQw2z", 15) + "plum-tarp", "too_long"},
		"NUL":                     {goodPassword + "\x00", "control_character"},
		"newline":                 {goodPassword + "\n", "control_character"},
		"DEL":                     {goodPassword + "\x7f", "control_character"},
		"not UTF-8":               {goodPassword + "\xff", "control_character"},
		"username":                {"plum-J.LI-tarpaulin", "contains_name"},
		"part of the name":        {"plum-mÜLLer-tarpaulin", "contains_name"},
		"decomposed name":         {"plum-jose\u0301-tarpaulin", "contains_name"},
		"two letters are no part": {"plum-li-tarpaulin", ""},
		"common":                  {"1qaz2wsx3edc", "too_common"},
		"common, upper case":      {"QWERTYUIOPASDF", "too_common"},
		"word and digits":         {"Password2026!", "too_common"},
		"digits around a word":    {"123welcome123", "too_common"},
		"look-alikes":             {"P@$$w0rd!2345", "too_common"},
		"the product":             {"Countersign1", "too_common"},
		"a piece repeated":        {"orbit7orbit7", "too_common"},
		"few characters":          {"aabbccddabcdab", "too_common"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckStrength(tt.password, person)
			if tt.code == "" {
				require.NoError(t, err)
				return
			}
			requireField(t, err, "new_password", tt.code)
			if tt.password != "" {
				require.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(tt.password))
			}
		})
	}
}

func TestCommonListIsNormalized(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(common()), 200)
	for word := range common() {
		require.Equal(t, strings.ToLower(word), word)
	}
}
