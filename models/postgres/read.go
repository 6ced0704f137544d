// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Read runs fn in one read-only transaction that sees only org's rows, all of them as of one instant.
func (db *DB) Read(ctx context.Context, org uuid.UUID, fn func(q *queries.Queries, tx pgx.Tx) error) error {
	// BEGIN and the organization travel together: a read is three round trips instead of four.
	options := pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.org = '" + org.String() + "'"}
	return pgx.BeginTxFunc(ctx, db.pool, options, func(tx pgx.Tx) error { return fn(queries.New(tx), tx) })
}

// single reads one row x as jsonb, in one round trip: the two statements share a transaction, and with it app.org.
func (db *DB) single(ctx context.Context, into any, org uuid.UUID, x string, args ...any) (found bool, err error) {
	err = db.inOrg(ctx, org, planOnce, "SELECT to_jsonb(x) FROM ("+x+") x", args, func(rows pgx.Rows) error {
		raw, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err != nil || len(raw) == 0 {
			return err
		}
		found = true
		return json.Unmarshal(raw[0], into)
	})
	return found, err
}

// TaskRef finds a task in one statement: it is on the way of every decision. nil if the organization has none of that id.
func (db *DB) TaskRef(ctx context.Context, org, id uuid.UUID) (*models.TaskRef, error) {
	var ref models.TaskRef
	found, err := db.one(ctx, &ref, "SELECT task_ref($1, $2)", org, id)
	if err != nil {
		return nil, fmt.Errorf("find the task: %w", err)
	}
	if !found {
		return nil, nil
	}
	return &ref, nil
}

// RecordRef is what the API has to know of a record to give a command about it.
type RecordRef struct {
	ID   uuid.UUID `json:"id"`
	Type string    `json:"type"`
}

// RecordRef finds a record in one statement. nil if the organization has none of that id.
func (db *DB) RecordRef(ctx context.Context, org, id uuid.UUID) (*RecordRef, error) {
	var ref RecordRef
	found, err := db.one(ctx, &ref, "SELECT record_ref($1, $2)", org, id)
	if err != nil {
		return nil, fmt.Errorf("find the record: %w", err)
	}
	if !found {
		return nil, nil
	}
	return &ref, nil
}

// TreeNodes reads stored hashes of the organization's Merkle tree, one for each index, in their order.
func (db *DB) TreeNodes(ctx context.Context, org uuid.UUID, indexes []int64) ([][32]byte, error) {
	found := make(map[int64][32]byte, len(indexes))
	err := db.inOrg(ctx, org, planByValue, "SELECT index, hash FROM tree_nodes WHERE org_id = $1 AND index = ANY ($2::bigint[])", []any{org, indexes}, func(rows pgx.Rows) error {
		var index int64
		var hash []byte
		_, err := pgx.ForEachRow(rows, []any{&index, &hash}, func() error {
			found[index] = [32]byte(hash)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	out := make([][32]byte, len(indexes))
	for i, index := range indexes {
		hash, ok := found[index]
		if !ok {
			return nil, fmt.Errorf("read the tree: node %d is not there", index)
		}
		out[i] = hash
	}
	return out, nil
}

// Unavailable says whether an error is the database's failing rather than a fault in what it was asked: it cannot be
// reached, is starting or stopping, has no room, or did not answer in time.
func Unavailable(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) || pgconn.SafeToRetry(err) {
		return true
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	switch pg.Code[:2] {
	case "08", "53", "57": // connection, resources, operator intervention
		return true
	}
	return false
}
