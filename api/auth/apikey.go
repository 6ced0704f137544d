// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

const (
	maxKeyName = 100 // characters
	maxKeyLife = 366 * 24 * time.Hour
)

// NewAPIKey makes a key for a service account: its text, shown once, and the session to store. A key has no idle timeout
// and ends after a year at most. It files and signals, and signs nothing (11.10(h)). CodeInvalid for a person's account, a
// bad name or a bad expiry.
func NewAPIKey(org uuid.UUID, account models.Person, name string, expires, at time.Time) (text string, start models.SessionStart, err error) {
	switch {
	case account.Kind != models.KindService:
		return "", start, models.InvalidField("account", "not_a_service_account", "Only a service account has API keys.")
	case strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxKeyName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", start, models.InvalidField("name", "invalid", "The name of a key has 1 to 100 characters.")
	case !expires.After(at) || expires.Sub(at) > maxKeyLife:
		return "", start, models.InvalidField("expires_at", "out_of_range", "A key expires within the next 366 days.")
	}
	text, hash := newToken(apiKeyPrefix, org)
	return text, models.SessionStart{
		ID: models.NewID(), User: account.ID, TokenHash: hash, Kind: models.SessionAPIKey, Name: name, ExpiresAt: expires,
	}, nil
}
