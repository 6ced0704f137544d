// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// Store reads what a check of someone's identity needs.
type Store interface {
	// Organization finds an organization by its slug; sql.ErrNoRows if there is none.
	Organization(ctx context.Context, slug string) (uuid.UUID, error)
	// Credential reads a person by id or, where user is uuid.Nil, by username, and the stored receipt of command.
	Credential(ctx context.Context, org, user uuid.UUID, username string, command uuid.UUID, at time.Time) (*models.Credential, error)
	// UseTOTP spends a time step: true for one caller, false if that step or a later one was spent.
	UseTOTP(ctx context.Context, org, user uuid.UUID, step int64) (bool, error)
	// Session finds a live session of an active person; nil if there is none. In the background it does not count as seen.
	Session(ctx context.Context, org uuid.UUID, tokenHash []byte, at time.Time, task uuid.UUID, background bool) (*models.Session, error)
}

// Committer applies a command and writes its audit event, also of a refused one.
type Committer interface {
	Commit(ctx context.Context, command models.Command) (models.Receipt, error)
}

// Service proves who is asking. All of its fields are needed except Demo and FailureTime.
type Service struct {
	Store     Store
	Committer Committer
	Hasher    *Hasher
	Box       *SecretBox
	Log       *SecurityLog
	Now       func() time.Time
	// Demo lets the people of demo organizations in. Everybody knows their passwords, so only a server on a loopback address does.
	Demo bool
	// FailureTime is how long a refused login takes at least; 0 means a quarter of a second. It hides whether a refusal
	// was also written to the trail, which only that of a known person is.
	FailureTime time.Duration

	locked lockedOut
}
