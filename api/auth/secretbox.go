// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"

	"github.com/google/uuid"
)

// sealedVersion is the first byte of what Seal returns, so that another format can follow.
const sealedVersion = 1

// SecretBox encrypts TOTP secrets at rest with AES-256-GCM. The organization and the person are bound in, so that a row
// copied to another person opens for nobody.
type SecretBox struct {
	aead cipher.AEAD
}

// NewSecretBox takes a key of 32 bytes, which is kept outside the database.
func NewSecretBox(key []byte) (*SecretBox, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the key for secrets has %d bytes instead of 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher for secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make a cipher for secrets: %w", err)
	}
	return &SecretBox{aead: aead}, nil
}

// Seal encrypts a person's secret.
func (b *SecretBox) Seal(org, user uuid.UUID, secret []byte) []byte {
	return b.aead.Seal([]byte{sealedVersion}, nil, secret, boundTo(org, user))
}

// Open decrypts what Seal returned for the same organization and person.
func (b *SecretBox) Open(org, user uuid.UUID, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealedVersion {
		return nil, fmt.Errorf("open a secret: it is not in a known format")
	}
	secret, err := b.aead.Open(nil, nil, sealed[1:], boundTo(org, user))
	if err != nil {
		return nil, fmt.Errorf("open a secret: %w", err)
	}
	return secret, nil
}

func boundTo(org, user uuid.UUID) []byte {
	return append(append([]byte("countersign totp 1 "), org[:]...), user[:]...)
}
