// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/postgres/queries"
)

// HeldTask is an open task whose holder is away.
type HeldTask struct {
	Task       uuid.UUID
	Record     uuid.UUID
	Type       string     // of the record
	Owner      *uuid.UUID // set where it was delegated to the absent person
	Absence    uuid.UUID
	Substitute uuid.UUID
}

// heldLimit bounds one look; what is left is found at the next.
const heldLimit = 500

// HeldByAbsent lists open tasks whose holder is away at an instant, each once, the most urgent first.
func (db *DB) HeldByAbsent(ctx context.Context, org uuid.UUID, at time.Time) ([]HeldTask, error) {
	var held []HeldTask
	err := db.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.HeldByAbsent(ctx, queries.HeldByAbsentParams{Org: org, At: at, Max: heldLimit})
		seen := map[uuid.UUID]bool{}
		for _, r := range rows {
			if !seen[r.ID] { // absences may overlap: the one that began first counts
				seen[r.ID] = true
				held = append(held, HeldTask{Task: r.ID, Record: r.RecordID, Type: r.RecordType, Owner: r.OwnerID, Absence: r.Absence, Substitute: r.SubstituteID})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find what absent persons hold: %w", err)
	}
	return held, nil
}
