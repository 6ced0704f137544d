// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Format versions of what this package writes.
const (
	IntentVersion   = 1
	ManifestVersion = 1
)

// Nonce makes every intent, and so every signature, unlike any other.
type Nonce = Hash

// Intent is what a person is about to sign: which record version, the exact view of it that
// was shown, the decision at hand and its meaning (21 CFR 11.50(a)(3), 11.70).
type Intent struct {
	V           int       `json:"v"`
	ID          uuid.UUID `json:"id"`
	Org         uuid.UUID `json:"org"`
	Record      uuid.UUID `json:"record"`
	RecordNo    string    `json:"record_no"`
	Version     int       `json:"version"`
	ContentHash Hash      `json:"content_hash"` // of the version's canonical bytes
	ViewHash    Hash      `json:"view_hash"`    // of the HTML bytes shown
	Meaning     string    `json:"meaning"`
	Signer      uuid.UUID `json:"signer"`
	Nonce       Nonce     `json:"nonce"`
	Task        uuid.UUID `json:"task,omitzero"`
	Step        string    `json:"step"`
	Round       int       `json:"round"`
	Outcome     string    `json:"outcome"`
	CommentHash Hash      `json:"comment_hash,omitzero"`
	DataHash    Hash      `json:"data_hash,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	ExpiresAt   time.Time `json:"expires_at"`
}

// Canonical returns the bytes of the intent to store, with instants in UTC.
func (i Intent) Canonical() ([]byte, error) {
	i.CreatedAt, i.ExpiresAt = i.CreatedAt.UTC(), i.ExpiresAt.UTC()
	if err := i.check(); err != nil {
		return nil, fmt.Errorf("encode intent %s: %w", i.ID, err)
	}
	b, err := Canonical(i)
	if err != nil {
		return nil, fmt.Errorf("encode intent %s: %w", i.ID, err)
	}
	return b, nil
}

// Hash returns the SHA-256 of the canonical bytes: the challenge that a passkey signs.
func (i Intent) Hash() (Hash, error) {
	b, err := i.Canonical()
	return ContentHash(b), err
}

func (i *Intent) check() error {
	switch {
	case i.V != IntentVersion:
		return fmt.Errorf("format version %d, want %d", i.V, IntentVersion)
	case i.ID == uuid.Nil, i.Org == uuid.Nil, i.Record == uuid.Nil, i.Signer == uuid.Nil:
		return errors.New("id, organization, record or signer is missing")
	case i.Version < 1, i.ContentHash.IsZero(), i.ViewHash.IsZero(), i.Nonce.IsZero():
		return errors.New("version, content hash, view hash or nonce is missing")
	case i.Meaning == "":
		return errors.New("meaning is missing")
	case i.CreatedAt.IsZero(), !i.ExpiresAt.After(i.CreatedAt):
		return errors.New("it expires before it begins")
	}
	return nil
}

// Signer is the person who signs, as the identity store names them at that instant.
type Signer struct {
	ID          uuid.UUID   `json:"id"`
	Username    string      `json:"username"`
	PrintedName string      `json:"printed_name"`
	Role        string      `json:"role"`
	OnBehalfOf  *Represents `json:"on_behalf_of,omitempty"`
}

// Represents is the absent person for whom a substitute signs, as himself.
type Represents struct {
	ID          uuid.UUID `json:"id"`
	PrintedName string    `json:"printed_name"`
}

// Manifest is everything a signature states (21 CFR 11.50, 11.70; draft Annex 11 13.4 and
// 13.6). Its canonical bytes are what the organization's key signs.
type Manifest struct {
	V            int             `json:"v"`
	ID           uuid.UUID       `json:"id"` // of the signature
	Intent       Intent          `json:"intent"`
	Signer       Signer          `json:"signer"`
	SignedAt     time.Time       `json:"signed_at"` // UTC
	Zone         string          `json:"zone"`      // IANA name in force at signing
	Offset       string          `json:"offset"`    // of SignedAt in Zone
	Factors      []string        `json:"factors"`   // "username", "password", "totp", "passkey"
	Session      uuid.UUID       `json:"session,omitzero"`
	Decision     uuid.UUID       `json:"decision"` // policy decision id
	DecisionHash Hash            `json:"decision_hash,omitzero"`
	Revision     int64           `json:"revision"`            // policy bundle revision
	Assertion    json.RawMessage `json:"assertion,omitempty"` // WebAuthn, over the intent's hash
	KeyID        string          `json:"key_id"`
}

func (m *Manifest) check() error {
	if err := m.Intent.check(); err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	switch {
	case m.V != ManifestVersion:
		return fmt.Errorf("format version %d, want %d", m.V, ManifestVersion)
	case m.ID == uuid.Nil:
		return errors.New("id is missing")
	case m.Signer.ID != m.Intent.Signer:
		return errors.New("the signer is not the one of the intent")
	case m.Signer.Username == "", m.Signer.PrintedName == "", m.Signer.Role == "":
		return errors.New("username, printed name or role is missing")
	case m.SignedAt.Before(m.Intent.CreatedAt), m.SignedAt.After(m.Intent.ExpiresAt):
		return errors.New("signed outside the life of the intent")
	case m.Zone == "":
		return errors.New("zone is missing")
	case len(m.Factors) == 0:
		return errors.New("no factor was used")
	case m.Decision == uuid.Nil:
		return errors.New("policy decision is missing")
	}
	_, err := parseOffset(m.Offset)
	return err
}

// Signed is a signature as it is stored: the exact manifest bytes and the Ed25519 signature
// over them. Nothing is prefixed, so that any Ed25519 tool can check it; a head can not
// be passed off as a manifest, because a manifest begins with '{' and a head with its origin.
type Signed struct {
	Manifest []byte `json:"manifest"`
	Sig      []byte `json:"sig"`
	KeyID    string `json:"key_id"`
}

// Sign signs the manifest with the organization's key, whose id it fills in.
func Sign(m Manifest, key SigningKey) (Signed, error) {
	m.KeyID = key.ID
	m.SignedAt = m.SignedAt.UTC()
	m.Intent.CreatedAt, m.Intent.ExpiresAt = m.Intent.CreatedAt.UTC(), m.Intent.ExpiresAt.UTC()
	if m.Intent.Org != key.Org {
		return Signed{}, fmt.Errorf("sign: key %s belongs to another organization", key.ID)
	}
	if err := m.check(); err != nil {
		return Signed{}, fmt.Errorf("sign: %w", err)
	}
	b, err := Canonical(m)
	if err != nil {
		return Signed{}, fmt.Errorf("sign: %w", err)
	}
	return Signed{b, ed25519.Sign(key.private, b), key.ID}, nil
}

// Hash returns the hash of the manifest that the audit event carries.
func (s Signed) Hash() Hash { return ContentHash(s.Manifest) }

// ErrSignature is returned for a signature that its key did not make.
var ErrSignature = errors.New("signature does not match its manifest")

// Verify checks the signature under the public key and returns what it states.
func (s Signed) Verify(public ed25519.PublicKey) (Manifest, error) {
	if len(public) != ed25519.PublicKeySize || len(s.Sig) != ed25519.SignatureSize ||
		!ed25519.Verify(public, s.Manifest, s.Sig) {
		return Manifest{}, ErrSignature
	}
	m, err := ParseManifest(s.Manifest)
	if err != nil {
		return Manifest{}, err
	}
	if m.KeyID != s.KeyID || m.KeyID != KeyID(public) {
		return Manifest{}, fmt.Errorf("%w: it names key %s", ErrSignature, m.KeyID)
	}
	return m, nil
}

// ParseManifest reads manifest bytes strictly, without checking any signature.
func ParseManifest(b []byte) (Manifest, error) {
	var m Manifest
	if err := decodeStrict(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	return m, nil
}

// ParseIntent reads the bytes of [Intent.Canonical] strictly.
func ParseIntent(b []byte) (Intent, error) {
	var i Intent
	if err := decodeStrict(b, &i); err != nil {
		return Intent{}, fmt.Errorf("read intent: %w", err)
	}
	again, err := i.Canonical()
	if err != nil {
		return Intent{}, fmt.Errorf("read intent: %w", err)
	}
	if !bytes.Equal(again, b) {
		return Intent{}, errors.New("read intent: not in canonical form")
	}
	return i, nil
}
