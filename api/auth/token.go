// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/google/uuid"
)

// A token is its kind's prefix, the organization (row security wants it before the session can be looked up), and 32
// random bytes: "cs1_<32 hex digits>_<43 characters of base64url>". The prefixes let scanners find leaked ones.
const (
	sessionPrefix = "cs1_"
	apiKeyPrefix  = "csk1_"
	tokenBytes    = 32
	orgChars      = 32
	secretChars   = 43
)

var (
	tokenEncoding = base64.RawURLEncoding.Strict()
	errToken      = errors.New("not a token of Countersign") // never quotes the text
)

// NewToken makes a session token of an organization: the text for its holder and the SHA-256 to store.
func NewToken(org uuid.UUID) (text string, hash []byte) { return newToken(sessionPrefix, org) }

func newToken(prefix string, org uuid.UUID) (text string, hash []byte) {
	secret := make([]byte, tokenBytes)
	rand.Read(secret) // never fails: it crashes the program instead
	text = prefix + hex.EncodeToString(org[:]) + "_" + tokenEncoding.EncodeToString(secret)
	return text, hashToken(text)
}

// ParseToken reads a session token or an API key and returns its organization and the SHA-256 under which it is stored.
// A token has one spelling. Nothing secret is compared here: the database looks the hash up, and what its timing tells
// of a hash tells nothing of the token.
func ParseToken(text string) (org uuid.UUID, hash []byte, err error) {
	rest, ok := strings.CutPrefix(text, sessionPrefix)
	if !ok {
		rest, ok = strings.CutPrefix(text, apiKeyPrefix)
	}
	if !ok || len(rest) != orgChars+1+secretChars || rest[orgChars] != '_' {
		return uuid.Nil, nil, errToken
	}
	id, err := hex.DecodeString(rest[:orgChars])
	if err != nil || strings.ToLower(rest[:orgChars]) != rest[:orgChars] {
		return uuid.Nil, nil, errToken
	}
	if secret, err := tokenEncoding.DecodeString(rest[orgChars+1:]); err != nil || len(secret) != tokenBytes {
		return uuid.Nil, nil, errToken
	}
	return uuid.UUID(id), hashToken(text), nil
}

// hashToken needs no salt and no cost: 256 random bits cannot be guessed.
func hashToken(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
