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

// searchMost is how many records a search looks up by their words. What more have, one row in some hundred has: then the rows of a
// list are looked at in their order, and a page is full before many were.
const searchMost = 5000

// search is what a query among tasks comes to: the records that it names or, where those are too many to be named, the words that
// their titles have. A nil search does not narrow.
type search struct {
	records []uuid.UUID
	words   []string // beginnings of words, in lower case
}

// search finds the records of a query: one by its number, or those that have its words in their titles.
func (db *DB) search(ctx context.Context, org uuid.UUID, query string) (*search, error) {
	s := &search{}
	err := db.Read(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		if number := recordNumber(query); number != "" {
			return tx.QueryRow(ctx, "SELECT ARRAY(SELECT id FROM records WHERE org_id = $1 AND number = $2)", org, number).Scan(&s.records)
		}
		return tx.QueryRow(ctx, "SELECT search_records($1, $2, $3), words_of($2)", org, query, searchMost).Scan(&s.records, &s.words)
	})
	if err != nil {
		return nil, fmt.Errorf("search records: %w", err)
	}
	return s, nil
}

// looks says whether titles have to be looked at.
func (s *search) looks() bool { return s != nil && s.records == nil }

func (s *search) conditions(l *list) []string {
	switch {
	case s == nil:
		return nil
	case s.records != nil:
		return []string{"t.record_id = ANY (" + l.arg(s.records) + "::uuid[])"}
	}
	var where []string
	for _, word := range s.words {
		// The first is cheap, so Postgres asks it first, and the second only of the few titles that have the letters at all.
		where = append(where, "strpos(lower(r.title), "+l.arg(word)+") > 0", "strpos(searchable(r.title), "+l.arg(" "+word)+") > 0")
	}
	return where
}
