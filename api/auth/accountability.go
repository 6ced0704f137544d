// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import "crypto/sha256"

// Statement is one version of the accountability statement that a person signs before signing anything else (11.10(j)).
// A version is never edited: signatures bind to its hash.
type Statement struct {
	ID   string
	Text string
}

// AccountabilityStatement is the version in force.
var AccountabilityStatement = Statement{
	ID: "accountability-1",
	Text: "My electronic signature in this system is the legally binding equivalent of my handwritten signature. " +
		"I am accountable and responsible for every action taken under it. " +
		"I keep my password, one-time codes and keys to myself, I let nobody act under my name, and I act under nobody else's. " +
		"I sign only what I have read and what I mean. " +
		"I report at once if I believe that somebody else knows or holds my credentials. " +
		"I understand that falsifying a record or a signature has consequences under my employer's rules and the law.",
}

// Statements are all versions, oldest first, so that what somebody signed can still be shown.
var Statements = []Statement{AccountabilityStatement}

// StatementByID finds a version.
func StatementByID(id string) (Statement, bool) {
	for _, s := range Statements {
		if s.ID == id {
			return s, true
		}
	}
	return Statement{}, false
}

// Hash is the SHA-256 of the id, a line feed and the text in UTF-8.
func (s Statement) Hash() []byte {
	sum := sha256.Sum256([]byte(s.ID + "\n" + s.Text))
	return sum[:]
}
