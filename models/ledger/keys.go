// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
)

// Actions of the events by which keys come and go, and the field of their one change.
// [Key.CreateChange] and [Key.RevokeChange] make the changes.
const (
	ActionKeyCreate = "key.create"
	ActionKeyRotate = "key.rotate"
	ActionKeyRevoke = "key.revoke"

	keyField = "signing_key"
)

// Key is the public half of an Ed25519 signing key of an organization.
type Key struct {
	ID          string            `json:"id"` // KeyID of Public
	Org         uuid.UUID         `json:"org"`
	Public      ed25519.PublicKey `json:"public"`
	CreatedAt   time.Time         `json:"created_at,omitzero"`
	RevokedAt   time.Time         `json:"revoked_at,omitzero"`
	CreatedLeaf *int64            `json:"created_leaf,omitempty"` // index of the leaf that created it
	RevokedLeaf *int64            `json:"revoked_leaf,omitempty"` // index of the leaf that revoked it
}

// KeyID returns the first 8 bytes of SHA-256(public) in hexadecimal.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// Origin is the first line of an organization's heads and the name of its keys in them.
func Origin(org uuid.UUID) string { return originPrefix + org.String() }

const originPrefix = "countersign/"

// String writes the key the way it is handed over outside the system: as a signed-note
// verifier key, countersign/<organization>+<hash>+<base64>. [ParseKey] reads it.
func (k Key) String() string {
	s, err := note.NewEd25519VerifierKey(Origin(k.Org), k.Public)
	if err != nil {
		return "invalid key " + k.ID
	}
	return s
}

// ParseKey reads the text of [Key.String].
func ParseKey(s string) (Key, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(s), "+")
	_, data, _ := strings.Cut(rest, "+")
	org, err := parseOrigin(name)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	const algorithmEd25519 = 1
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algorithmEd25519 {
		return Key{}, errors.New("read key: not an Ed25519 verifier key")
	}
	k := Key{ID: KeyID(raw[1:]), Org: org, Public: raw[1:]}
	if k.String() != strings.TrimSpace(s) {
		return Key{}, errors.New("read key: its checksum does not match")
	}
	return k, nil
}

func parseOrigin(s string) (uuid.UUID, error) {
	id, ok := strings.CutPrefix(s, originPrefix)
	org, err := uuid.Parse(id)
	if !ok || err != nil || Origin(org) != s {
		return uuid.Nil, fmt.Errorf("origin %q is not %s<organization id>", s, originPrefix)
	}
	return org, nil
}

// Check reports a key whose id is not that of its public half.
func (k Key) Check() error {
	if len(k.Public) != ed25519.PublicKeySize {
		return fmt.Errorf("key %s: public half has %d bytes", k.ID, len(k.Public))
	}
	if id := KeyID(k.Public); id != k.ID {
		return fmt.Errorf("key %s: its public half belongs to key %s", k.ID, id)
	}
	return nil
}

// revokedBy reports whether the key was revoked before or at the instant.
func (k Key) revokedBy(at time.Time) bool { return !k.RevokedAt.IsZero() && !at.Before(k.RevokedAt) }

type keyChange struct {
	ID     string            `json:"id"`
	Public ed25519.PublicKey `json:"public"`
}

// CreateChange is the change of the event (key.create or key.rotate) that puts the key into
// the log, which is how later heads vouch for it.
func (k Key) CreateChange() Change {
	b, _ := json.Marshal(keyChange{k.ID, k.Public}) // two plain fields always marshal
	return Change{Field: keyField, New: b}
}

// RevokeChange is the change of the event that revokes the key, at the instant of the event.
func (k Key) RevokeChange() Change {
	c := k.CreateChange()
	return Change{Field: keyField, Old: c.New}
}

// keyEvent is what a leaf says about a key.
type keyEvent struct {
	key     Key
	revoked bool
}

// keyEvents returns the keys that an event creates or revokes.
func keyEvents(e *Event, index int64) []keyEvent {
	if e.Outcome != OutcomeDone || !oneOf(e.Action, ActionKeyCreate, ActionKeyRotate, ActionKeyRevoke) {
		return nil
	}
	var out []keyEvent
	for _, c := range e.Changes {
		if c.Field != keyField {
			continue
		}
		revoked := e.Action == ActionKeyRevoke
		raw := c.New
		if revoked {
			raw = c.Old
		}
		var kc keyChange
		if json.Unmarshal(raw, &kc) != nil {
			continue
		}
		k := Key{ID: kc.ID, Org: e.Org, Public: kc.Public}
		if k.Check() != nil {
			continue
		}
		if revoked {
			k.RevokedAt, k.RevokedLeaf = e.At, &index
		} else {
			k.CreatedAt, k.CreatedLeaf = e.At, &index
		}
		out = append(out, keyEvent{k, revoked})
	}
	return out
}

// SigningKey is a key with its private half. It never prints the private half.
type SigningKey struct {
	Key
	private ed25519.PrivateKey
}

// NewSigningKey makes a signing key from an Ed25519 private key, for tests and for keystores
// other than [KeyStore].
func NewSigningKey(org uuid.UUID, private ed25519.PrivateKey, createdAt time.Time) SigningKey {
	public := private.Public().(ed25519.PublicKey)
	return SigningKey{
		Key:     Key{ID: KeyID(public), Org: org, Public: public, CreatedAt: createdAt.UTC()},
		private: private,
	}
}

// Format implements [fmt.Formatter] so that no verb reaches the private half.
func (k SigningKey) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "signing key %s of %s (private half not shown)", k.ID, k.Org)
}

// LogValue implements [slog.LogValuer].
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(k)) }

// MarshalJSON writes the public half only.
func (k SigningKey) MarshalJSON() ([]byte, error) { return json.Marshal(k.Key) }
