// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// Session finds the live session of a token by the token's SHA-256, with its person's facts as they are now. nil if there is none.
//
// Most requests of a signed-in person are about one task. With its id (uuid.Nil: none) the same statement finds it too. One that
// was made in the background, by no person's doing, leaves the session as idle as it was.
func (db *DB) Session(ctx context.Context, org uuid.UUID, tokenHash []byte, at time.Time, task uuid.UUID, background bool) (*models.Session, error) {
	var s models.Session
	var asked *uuid.UUID
	if task != uuid.Nil {
		asked = &task
	}
	found, err := db.one(ctx, &s, "SELECT session($1, $2, $3, $4, $5)", org, tokenHash, at, asked, background)
	if err != nil {
		return nil, fmt.Errorf("find the session: %w", err)
	}
	if !found || !s.Person.Active || s.Person.Locked {
		return nil, nil
	}
	return &s, nil
}
