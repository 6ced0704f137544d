// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/postgres/queries"
)

// Channel is where NOTIFY tells listeners that something of an organization changed. Its payload is a Published, which has
// ids and no content: listeners read what they may see.
const Channel = "countersign"

// Published says what of an organization changed.
type Published struct {
	Org      uuid.UUID   `json:"org"`
	Records  []uuid.UUID `json:"records,omitempty"`
	Else     bool        `json:"else,omitempty"`     // something that is no record: a grant, a session, a setting
	Anything bool        `json:"anything,omitempty"` // more than can be named here
}

// maxNamed bounds the records of one NOTIFY: Postgres takes less than 8000 bytes.
const maxNamed = 150

// publishBatch bounds the outbox rows that one transaction publishes.
const publishBatch = 5000

// Publish takes an organization's outbox rows and sends one NOTIFY for all of them. Commit itself sends none: it would make
// every decision wait for the one before. It returns how many rows there were.
func (db *DB) Publish(ctx context.Context, org uuid.UUID) (int64, error) {
	var changed []*uuid.UUID
	err := db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `DELETE FROM outbox WHERE org_id = $1 AND position IN
			(SELECT position FROM outbox WHERE org_id = $1 ORDER BY position LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING record_id`, org, publishBatch)
		if err != nil {
			return err
		}
		if changed, err = pgx.CollectRows(rows, pgx.RowTo[*uuid.UUID]); err != nil || len(changed) == 0 {
			return err
		}
		payload, err := json.Marshal(published(org, changed))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "SELECT pg_notify($1, $2)", Channel, string(payload))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish changes of %s: %w", org, err)
	}
	return int64(len(changed)), nil
}

// published gathers the records of outbox rows. nil is something that is no record.
func published(org uuid.UUID, changed []*uuid.UUID) Published {
	p := Published{Org: org}
	for _, id := range changed {
		switch {
		case id == nil:
			p.Else = true
		case slices.Contains(p.Records, *id):
		case len(p.Records) == maxNamed:
			return Published{Org: org, Anything: true}
		default:
			p.Records = append(p.Records, *id)
		}
	}
	return p
}
