// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/ledger"
)

// Rows of one page. Leaves are small and many; versions and views may be large, and a page of them is held in memory.
const (
	leafPage     = 5000
	decisionPage = 1000
	itemPage     = 200
)

// LogSource streams all evidence of one organization from one snapshot of the database, as ledger.VerifyLog reads it. Memory
// stays flat: it holds a page of each kind of row. It must be closed, because its snapshot holds a connection.
type LogSource struct {
	org uuid.UUID

	mu  sync.Mutex // the verifier reads heads beside leaves, and a connection answers one at a time
	tx  pgx.Tx
	odd []oddity // columns that do not say what the bytes beside them say
}

var _ ledger.FileSource = (*LogSource)(nil)

// notForPages are the plans that read a whole table. Every query here reads a page along an index; on a young database, which
// has no statistics yet, the planner would read the whole log for each page, and verifying take the square of its length.
var notForPages = []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "jit"}

// LogSource opens a read-only snapshot of the organization's log and of what it speaks of, under its row security.
func (db *DB) LogSource(ctx context.Context, org uuid.UUID) (*LogSource, error) {
	tx, err := db.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("open a snapshot of the log: %w", err)
	}
	s := &LogSource{org: org, tx: tx}
	if _, err := tx.Exec(ctx, "SELECT set_config('app.org', $1, true)", org.String()); err != nil {
		s.Close(ctx)
		return nil, fmt.Errorf("choose the organization: %w", err)
	}
	if _, err := tx.Exec(ctx, "SELECT set_config(name, 'off', true) FROM unnest($1::text[]) name", notForPages); err != nil {
		s.Close(ctx)
		return nil, fmt.Errorf("prepare the snapshot: %w", err)
	}
	return s, nil
}

// Close gives the connection back.
func (s *LogSource) Close(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.tx.Rollback(context.WithoutCancel(ctx)) // nothing was written
}

// collect runs one query and scans all its rows.
func collect[T any](ctx context.Context, s *LogSource, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	return collectPage(ctx, s, 0, scan, sql, args...)
}

// collectPage is collect with room for as many rows as are expected: growing took more time than reading them.
func collectPage[T any](ctx context.Context, s *LogSource, expected int, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows(make([]T, 0, expected), rows, scan)
}

// pages yields all rows, page by page. read returns the rows after one that it is given, at first after the zero value.
func pages[T any](read func(after T) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last T
		for {
			page, err := read(last)
			if err != nil {
				yield(last, err)
				return
			}
			if len(page) == 0 {
				return
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
			}
			last = page[len(page)-1]
		}
	}
}

// chain yields one sequence after the other, up to the first error.
func chain[T any](seqs ...iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, seq := range seqs {
			for v, err := range seq {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// unpage takes the values out of rows that carry their key for the next page.
func unpage[R, T any](rows iter.Seq2[R, error], value func(R) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if !yield(value(row), err) || err != nil {
				return
			}
		}
	}
}

func hashOf(b []byte) ledger.Hash {
	var h ledger.Hash
	copy(h[:], b)
	return h
}
