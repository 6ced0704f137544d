// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

const (
	saltBytes = 16
	keyBytes  = 32
)

// nobodySalt stands in for the salt of a person who does not exist.
var nobodySalt = make([]byte, saltBytes)

// Hasher hashes and checks passwords with argon2id. It bounds how many run at once, because each takes tens of
// milliseconds of a processor and megabytes of memory, and how many wait, because a burst must be turned away rather
// than pile up. Signatures have a lane of their own, so that a burst of logins does not delay a decision.
type Hasher struct {
	params   Params
	gate     *gate
	derive   func(password, salt []byte, p Params, length uint32) []byte
	logins   *lane
	signings *lane
}

// NewHasher makes a Hasher that runs at most maxConcurrent checks at once; 0 or less means GOMAXPROCS. Params are given
// in code and by no setting: a cheap hash is for measuring everything else.
func NewHasher(p Params, maxConcurrent int) (*Hasher, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("make a password hasher: %w", err)
	}
	if maxConcurrent <= 0 {
		maxConcurrent = runtime.GOMAXPROCS(0)
	}
	return &Hasher{
		params: p, gate: newGate(maxConcurrent), derive: argon2id,
		// Logins leave one slot free where there are two, so that a signature finds it.
		logins:   newLane(max(1, maxConcurrent-1)),
		signings: newLane(maxConcurrent),
	}, nil
}

// Hash returns the PHC string of a new password. Error CodeTooMany when too many wait already.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails: it crashes the program instead
	key, err := h.run(ctx, h.logins, password, salt, h.params, keyBytes)
	if err != nil {
		return "", err
	}
	return phc{params: h.params, salt: salt, key: key}.String(), nil
}

// Verify checks a password against a PHC string, in the lane of logins. rehash says that the string was made with other
// parameters than today's. Error CodeTooMany when too many wait already.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	return h.verify(ctx, h.logins, phc, password)
}

// VerifyForSigning is Verify in the lane of signatures, which logins cannot fill.
func (h *Hasher) VerifyForSigning(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	return h.verify(ctx, h.signings, phc, password)
}

// VerifyNobody does the work of Verify for a person who does not exist, so that the time taken does not tell who does.
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	_, err := h.run(ctx, h.logins, password, nobodySalt, h.params, keyBytes)
	return err
}

func (h *Hasher) verify(ctx context.Context, l *lane, text, password string) (ok, rehash bool, err error) {
	want, err := parsePHC(text)
	if err != nil {
		return false, false, fmt.Errorf("read a stored password hash: %w", err)
	}
	got, err := h.run(ctx, l, password, want.salt, want.params, uint32(len(want.key)))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want.key) == 1, want.params != h.params, nil
}

// run derives one key when it is its turn. Passwords are hashed in Unicode NFC, so that the same characters typed on
// another keyboard are the same password (NIST SP 800-63B 3.1.1.2).
func (h *Hasher) run(ctx context.Context, l *lane, password string, salt []byte, p Params, length uint32) (key []byte, err error) {
	leave, err := l.enter(ctx, h.gate)
	if err != nil {
		return nil, err
	}
	defer leave()
	return h.derive(norm.NFC.Bytes([]byte(password)), salt, p, length), nil
}

func argon2id(password, salt []byte, p Params, length uint32) []byte {
	return argon2.IDKey(password, salt, p.Time, p.Memory, p.Threads, length)
}
