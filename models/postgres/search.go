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
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/countersign/countersign/models"
)

const (
	// searchMost is how many records a search names. Where more have its words, the rows of a list are looked at in their order: a
	// page is full before many were.
	searchMost = 5000
	// searchFar is how many records with the rarest word of a query are looked at for those that have its other words too.
	searchFar = 250_000
	// nameLimit is how long records may be looked up by words; rows are looked at where that takes longer.
	nameLimit = 700 * time.Millisecond
	// lookLimit is how long a page may take whose rows are looked at. Words that many titles have, and no row of the list, would
	// otherwise cost a look at every row.
	lookLimit = 400 * time.Millisecond
)

// search is what the query of a list comes to: the records that it names or, where those are too many to be named, the words that
// their titles have. A nil search does not narrow.
type search struct {
	records []uuid.UUID
	words   []string // beginnings of words, in lower case
}

// search finds the records of a query: one by its number, or those that have its words in their titles. nil for no query.
func (db *DB) search(ctx context.Context, org uuid.UUID, query string) (*search, error) {
	if query == "" {
		return nil, nil
	}
	s := &search{}
	var err error
	if number := recordNumber(query); number != "" {
		err = db.inOrg(ctx, org, planByValue, "SELECT ARRAY(SELECT id FROM records WHERE org_id = $1 AND number = $2)", []any{org, number}, row(&s.records))
	} else {
		err = db.inOrgWithin(ctx, nameLimit, org, planByValue, "SELECT search_records($1, $2, $3, $4), words_of($2)",
			[]any{org, query, searchMost, searchFar}, row(&s.records, &s.words))
		if tookTooLong(err) {
			err = db.inOrg(ctx, org, planByValue, "SELECT words_of($1)", []any{query}, row(&s.words))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("search records: %w", err)
	}
	return s, nil
}

// looks says whether the rows of a list have to be looked at.
func (s *search) looks() bool { return s != nil && s.records == nil }

// conditions are those on the records of a list; record is the column that holds the record's id.
func (s *search) conditions(l *list, record string) []string {
	switch {
	case s == nil:
		return nil
	case !s.looks():
		return []string{record + " = ANY (" + l.arg(s.records) + "::uuid[])"}
	}
	l.looks = true
	where := make([]string, len(s.words))
	for i, word := range s.words {
		// A value and no EXISTS, which would be joined: Postgres asks it of one row after another, in the order of the list.
		w := l.arg(word)
		where[i] = "(SELECT true FROM record_words w WHERE w.org_id = $1 AND w.record_id = " + record + " AND w.word >= " + w +
			" AND w.word < " + w + " || chr(1114111) LIMIT 1)"
	}
	return where
}

// row reads one row into places.
func row(into ...any) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, into, func() error { return nil })
		return err
	}
}

// errTooCommon is the answer where a page was not full in time.
func errTooCommon() error {
	return models.InvalidField("query.q", "too_common", "Narrow it: very many titles have these words, and few rows of this list. Add a word, or give the record's number.")
}

// tookTooLong says whether Postgres ended a statement because its time was over.
func tookTooLong(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "57014"
}
