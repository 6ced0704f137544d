// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	_ "embed"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/models"
)

const (
	minPassword     = 12 // characters, in Unicode NFC
	maxPassword     = 128
	minDifferent    = 5  // different characters
	passwordHistory = 10 // earlier passwords that may not come back
	minNamePart     = 3  // characters of a name's part that a password may not contain
	minPasswordAge  = 24 * time.Hour
)

//go:embed common.txt
var commonText string

// common are the passwords and words that guessing starts with, in lower case.
var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			set[line] = true
		}
	}
	return set
})

// CheckStrength says whether person may choose password (draft Annex 11, 11.4): 12 to 128 characters, none of them a
// control character, without his names, and not among the common ones. The error is CodeInvalid, located at
// "new_password", and never quotes the password.
func CheckStrength(password string, person models.Person) error {
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		return passwordProblem("control_character", "The password contains a character that cannot be typed.")
	}
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return passwordProblem("too_short", "The password has fewer than 12 characters.")
	case n > maxPassword:
		return passwordProblem("too_long", "The password has more than 128 characters.")
	}
	password = strings.ToLower(password)
	if containsName(password, person) {
		return passwordProblem("contains_name", "The password contains the user name or a part of the name.")
	}
	if isCommon(password) {
		return passwordProblem("too_common", "The password is one of those that are guessed first.")
	}
	return nil
}

// checkAge refuses a second change within a day, by which someone could run through his history back to the old password.
func checkAge(current models.Secrets, at time.Time) error {
	if current.MustChange || current.PasswordSet == nil || at.Sub(*current.PasswordSet) >= minPasswordAge {
		return nil
	}
	return passwordProblem("too_soon", "The password was changed less than a day ago.")
}

// checkHistory refuses the password in use and the last ten before it.
func (h *Hasher) checkHistory(ctx context.Context, current models.Secrets, password string) error {
	for _, old := range usedHashes(current) {
		same, _, err := h.Verify(ctx, old, password)
		if err != nil {
			return err
		}
		if same {
			return passwordProblem("reused", "The password is one of the last 10.")
		}
	}
	return nil
}

// usedHashes are the hashes of the password in use and of the earlier ones, newest first. Never nil.
func usedHashes(s models.Secrets) []string {
	used := make([]string, 0, passwordHistory+1)
	if s.PasswordHash != "" {
		used = append(used, s.PasswordHash)
	}
	return append(used, s.PasswordOld[:min(len(s.PasswordOld), passwordHistory)]...)
}

func containsName(password string, person models.Person) bool {
	parts := strings.FieldsFunc(person.Username+" "+person.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, p := range append(parts, person.Username) {
		p = strings.ToLower(norm.NFC.String(p))
		if utf8.RuneCountInString(p) >= minNamePart && strings.Contains(password, p) {
			return true
		}
	}
	return false
}

// isCommon also sees through the usual disguises: digits and signs around a word, look-alike characters in it, a short
// piece repeated.
func isCommon(password string) bool {
	if common()[password] || repeats(password) || different(password) < minDifferent {
		return true
	}
	word := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	return common()[word] || common()[lookAlikes.Replace(word)]
}

var lookAlikes = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// repeats says whether the password is one piece written twice or more.
func repeats(password string) bool {
	return strings.Index((password + password)[1:], password)+1 < len(password)
}

func different(password string) int {
	seen := map[rune]bool{}
	for _, r := range password {
		seen[r] = true
	}
	return len(seen)
}

func passwordProblem(code, message string) error {
	return &models.Error{Code: models.CodeInvalid, Message: "The new password is not accepted.", Fields: []models.FieldProblem{{
		Path: "new_password", Pointer: "/new_password", Code: code, Message: message,
	}}}
}
