// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres/queries"
)

// sealLock is the advisory lock that makes one sealer of many processes.
const sealLock = 0x5ea1

// sealBatch bounds the events that one transaction seals.
const sealBatch = 5000

// Seal drains an organization's unsealed events into its tree, in the order in which they were recorded, and signs the new
// head. It returns the signed checkpoint, "" if there was nothing to seal or another process is at it, and how many events
// it sealed.
func (db *DB) Seal(ctx context.Context, org uuid.UUID, key ledger.SigningKey, at time.Time) (checkpoint string, sealed int, err error) {
	err = db.InOrg(ctx, org, func(q *queries.Queries, tx pgx.Tx) error {
		var locked bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1, hashtext($2))", sealLock, org.String()).Scan(&locked); err != nil || !locked {
			return err
		}
		batch, err := readUnsealed(ctx, tx, org)
		if err != nil || len(batch) == 0 {
			return err
		}
		checkpoint, err = seal(ctx, tx, org, key, at, batch)
		sealed = len(batch)
		return err
	})
	if err != nil {
		return "", 0, fmt.Errorf("seal the log of %s: %w", org, err)
	}
	return checkpoint, sealed, nil
}

type unsealedEvent struct {
	Position int64
	ID       uuid.UUID
	Leaf     []byte
}

func readUnsealed(ctx context.Context, tx pgx.Tx, org uuid.UUID) ([]unsealedEvent, error) {
	rows, err := tx.Query(ctx, `SELECT u.position, e.id, e.leaf FROM unsealed u JOIN audit_events e ON e.org_id = u.org_id AND e.id = u.event_id
		WHERE u.org_id = $1 ORDER BY u.position LIMIT $2`, org, sealBatch)
	if err != nil {
		return nil, fmt.Errorf("read unsealed events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[unsealedEvent])
}

func seal(ctx context.Context, tx pgx.Tx, org uuid.UUID, key ledger.SigningKey, at time.Time, batch []unsealedEvent) (string, error) {
	size, err := treeSize(ctx, tx, org)
	if err != nil {
		return "", err
	}
	leaves := make([][]byte, len(batch))
	for i, e := range batch {
		leaves[i] = e.Leaf
	}
	newSize, root, nodes, err := ledger.Append(ctx, nodeStore{tx, org}, size, leaves)
	if err != nil {
		return "", err
	}
	note, err := ledger.SignHead(ledger.Head{Org: org, Size: newSize, Root: root, At: at}, key)
	if err != nil {
		return "", err
	}
	if err := insertLeaves(ctx, tx, org, size, batch); err != nil {
		return "", err
	}
	if err := insertNodes(ctx, tx, org, nodes); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, "INSERT INTO checkpoints (org_id, size, root, note, created_at) VALUES ($1, $2, $3, $4, $5)", org, newSize, root[:], note, at)
	if err != nil {
		return "", fmt.Errorf("write the checkpoint: %w", err)
	}
	return note, nil
}

// insertLeaves gives each event its place in the tree and takes it off the list.
func insertLeaves(ctx context.Context, tx pgx.Tx, org uuid.UUID, size int64, batch []unsealedEvent) error {
	positions, ids, hashes := make([]int64, len(batch)), make([]uuid.UUID, len(batch)), make([][]byte, len(batch))
	for i, e := range batch {
		hash := ledger.LeafHash(e.Leaf)
		positions[i], ids[i], hashes[i] = e.Position, e.ID, hash[:]
	}
	_, err := tx.Exec(ctx, `WITH taken AS (DELETE FROM unsealed WHERE org_id = $1 AND position = ANY ($5))
		INSERT INTO leaves (org_id, index, event_id, hash)
		SELECT $1, $2 + x.place - 1, x.id, x.hash FROM unnest($3::uuid[], $4::bytea[]) WITH ORDINALITY x(id, hash, place)`, org, size, ids, hashes, positions)
	if err != nil {
		return fmt.Errorf("write leaves: %w", err)
	}
	return nil
}

func insertNodes(ctx context.Context, tx pgx.Tx, org uuid.UUID, nodes []ledger.Node) error {
	indexes, hashes := make([]int64, len(nodes)), make([][]byte, len(nodes))
	for i, n := range nodes {
		indexes[i], hashes[i] = n.Index, n.Hash[:]
	}
	_, err := tx.Exec(ctx, "INSERT INTO tree_nodes (org_id, index, hash) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])", org, indexes, hashes)
	if err != nil {
		return fmt.Errorf("write tree nodes: %w", err)
	}
	return nil
}

func treeSize(ctx context.Context, tx pgx.Tx, org uuid.UUID) (int64, error) {
	var size int64
	err := tx.QueryRow(ctx, "SELECT size FROM checkpoints WHERE org_id = $1 ORDER BY size DESC LIMIT 1", org).Scan(&size)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the size of the tree: %w", err)
	}
	return size, nil
}

// nodeStore reads stored nodes of one organization's tree.
type nodeStore struct {
	tx  pgx.Tx
	org uuid.UUID
}

// ReadNodes implements ledger.NodeStore.
func (s nodeStore) ReadNodes(ctx context.Context, indexes []int64) ([]ledger.Hash, error) {
	rows, err := s.tx.Query(ctx, `SELECT n.hash FROM unnest($2::bigint[]) WITH ORDINALITY x(index, place)
		JOIN tree_nodes n ON n.org_id = $1 AND n.index = x.index ORDER BY x.place`, s.org, indexes)
	if err != nil {
		return nil, fmt.Errorf("read tree nodes: %w", err)
	}
	raw, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, fmt.Errorf("read tree nodes: %w", err)
	}
	hashes := make([]ledger.Hash, len(raw))
	for i, b := range raw {
		copy(hashes[i][:], b)
	}
	return hashes, nil
}

// Awaiting lists records whose decision the engine has not confirmed since before.
func (db *DB) Awaiting(ctx context.Context, org uuid.UUID, before time.Time, limit int) ([]models.CaseInput, error) {
	var out []models.CaseInput
	err := db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT record_type, record_id FROM awaiting WHERE org_id = $1 AND since < $2 ORDER BY since LIMIT $3", org, before, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.CaseInput, error) {
			in := models.CaseInput{Org: org}
			return in, row.Scan(&in.Type, &in.Record)
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list records awaiting their process: %w", err)
	}
	return out, nil
}

// Acknowledge takes the mark off records whose decisions the engine has stored.
func (db *DB) Acknowledge(ctx context.Context, org uuid.UUID, records []uuid.UUID, until []time.Time) error {
	return db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM awaiting a USING unnest($2::uuid[], $3::timestamptz[]) x(record_id, until)
			WHERE a.org_id = $1 AND a.record_id = x.record_id AND a.since <= x.until`, org, records, until)
		if err != nil {
			return fmt.Errorf("acknowledge: %w", err)
		}
		return nil
	})
}

// Open says which of the records are still open, for the sweep over ended processes.
func (db *DB) Open(ctx context.Context, org uuid.UUID, records []uuid.UUID) ([]uuid.UUID, error) {
	var open []uuid.UUID
	err := db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM records r WHERE org_id = $1 AND id = ANY ($2) AND (closed_at IS NULL
			OR EXISTS (SELECT 1 FROM steps s WHERE s.org_id = $1 AND s.record_id = r.id AND s.state = 'open'))`, org, records)
		if err != nil {
			return err
		}
		open, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list open records: %w", err)
	}
	return open, nil
}
