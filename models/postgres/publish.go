// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/postgres/queries"
)

// Channel is where NOTIFY tells listeners that something of an organization changed. Its payload is the organization's id:
// listeners read what they may see.
const Channel = "countersign"

// publishBatch bounds the outbox rows that one transaction publishes.
const publishBatch = 5000

// Publish takes an organization's outbox rows and sends one NOTIFY for all of them. Commit itself sends none: it would make
// every decision wait for the one before. It returns how many rows there were.
func (db *DB) Publish(ctx context.Context, org uuid.UUID) (int64, error) {
	var n int64
	err := db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM outbox WHERE org_id = $1 AND position IN
			(SELECT position FROM outbox WHERE org_id = $1 ORDER BY position LIMIT $2 FOR UPDATE SKIP LOCKED)`, org, publishBatch)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		n = tag.RowsAffected()
		_, err = tx.Exec(ctx, "SELECT pg_notify($1, $2)", Channel, org.String())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish changes of %s: %w", org, err)
	}
	return n, nil
}
