// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// This is the one place where SQL is put together. A list is the merge of one index scan a scope key, each cut off at the
// page's length: the first page costs the same with a thousand rows and with a million. Only column
// names and comparisons written here go into the text; everything that came from outside is a parameter.

// CountLimit is where counts stop: beyond it nobody counts.
const CountLimit = 999

// Sort is an order of a list: by one instant, then by id.
type Sort struct {
	Column string // due_at, opened_at, created_at, closed_at, completed_at or ColumnNext
	Desc   bool
}

// Place is the last row of the page before.
type Place struct {
	At time.Time
	ID uuid.UUID
}

// Page asks for the rows after a place; nil is the beginning.
type Page struct {
	Sort  Sort
	After *Place
	Limit int
}

// scan is a part of a list that one index answers.
type scan struct {
	from  string   // tables, with aliases
	id    string   // column of the id
	sort  string   // column of the instant
	where []string // conditions
}

// list gathers the parts of one statement and its parameters.
type list struct {
	page  Page
	args  []any
	scans []scan
	looks bool // a search looks at its rows one by one
}

// arg adds a parameter and returns its name in the text.
func (l *list) arg(v any) string {
	l.args = append(l.args, v)
	return "$" + strconv.Itoa(len(l.args))
}

// equal is a column that has to hold a value; an empty value does not narrow.
type equal struct{ column, value string }

// equal makes conditions of the values that are given, always in the same order, so that equal questions are equal texts.
func (l *list) equal(table string, pairs []equal) []string {
	var where []string
	for _, p := range pairs {
		if p.value != "" {
			where = append(where, table+"."+p.column+" = "+l.arg(p.value))
		}
	}
	return where
}

// among is a column that has to hold one of some values; none do not narrow.
func (l *list) among(column string, values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return []string{column + " = ANY (" + l.arg(values) + "::text[])"}
}

// between is a column from an instant to before another; zero is no limit.
func (l *list) between(column string, from, before time.Time) []string {
	var where []string
	if !from.IsZero() {
		where = append(where, column+" >= "+l.arg(from))
	}
	if !before.IsZero() {
		where = append(where, column+" < "+l.arg(before))
	}
	return where
}

func (l *list) add(s scan) { l.scans = append(l.scans, s) }

// keys is the statement for the ids and instants of one page, with one row more than asked, to know whether there is another.
func (l *list) keys() string {
	order, than := "", ">"
	if l.page.Sort.Desc {
		order, than = " DESC", "<"
	}
	after := ""
	if p := l.page.After; p != nil {
		after = " " + than + " (" + l.arg(p.At) + "::timestamptz, " + l.arg(p.ID) + "::uuid)"
	}
	limit := strconv.Itoa(l.page.Limit + 1)
	parts := make([]string, len(l.scans))
	for i, s := range l.scans {
		where := s.where
		if after != "" {
			where = append(where[:len(where):len(where)], "("+s.sort+", "+s.id+")"+after)
		}
		parts[i] = "(SELECT " + s.id + " AS id, " + s.sort + " AS at FROM " + s.from + " WHERE " + strings.Join(where, " AND ") +
			" ORDER BY " + s.sort + order + ", " + s.id + order + " LIMIT " + limit + ")"
	}
	return "SELECT id, at FROM (" + strings.Join(parts, " UNION ") + ") k ORDER BY at" + order + ", id" + order + " LIMIT " + limit
}

// count is the statement for how many rows there are, which stops beyond CountLimit.
func (l *list) count() string {
	limit := strconv.Itoa(CountLimit + 1)
	parts := make([]string, len(l.scans))
	for i, s := range l.scans {
		parts[i] = "(SELECT " + s.id + " AS id FROM " + s.from + " WHERE " + strings.Join(s.where, " AND ") + " LIMIT " + limit + ")"
	}
	return "SELECT count(*) FROM (SELECT id FROM (" + strings.Join(parts, " UNION ") + ") k LIMIT " + limit + ") n"
}

// planMode says whether Postgres plans a statement for its parameters or once for all of them.
type planMode string

const (
	planByValue planMode = "auto"
	planOnce    planMode = "force_generic_plan" // a page's plan is the same for every key, and planning it takes 8 ms
)

// inOrg runs one statement for an organization, in one round trip. The statements of a batch share a transaction, and with it
// app.org. Compiling such a statement costs more than running it (8 ms of 10).
func (db *DB) inOrg(ctx context.Context, org uuid.UUID, plans planMode, sql string, args []any, read func(pgx.Rows) error) error {
	return db.inOrgWithin(ctx, 0, org, plans, sql, args, read)
}

// inOrgWithin is the same with a statement that Postgres ends when it takes longer than limit; 0 is no limit of its own.
func (db *DB) inOrgWithin(ctx context.Context, limit time.Duration, org uuid.UUID, plans planMode, sql string, args []any, read func(pgx.Rows) error) error {
	var b pgx.Batch
	b.Queue("SELECT set_config('app.org', $1, true), set_config('jit', 'off', true), set_config('plan_cache_mode', $2, true)", org.String(), string(plans))
	if limit > 0 {
		b.Queue("SELECT set_config('statement_timeout', $1, true)", strconv.FormatInt(limit.Milliseconds(), 10))
	}
	b.Queue(sql, args...).Query(read)
	return db.pool.SendBatch(ctx, &b).Close()
}

// rowsOf reads one page: the rows, and whether there are more. Somebody waits for it, so a search has its limit.
func rowsOf[T any](ctx context.Context, db *DB, org uuid.UUID, l *list, columns string) (items []T, more bool, err error) {
	items = []T{}
	var limit time.Duration
	if l.looks {
		limit = lookLimit
	}
	more, err = eachRow(ctx, db, limit, org, l, columns, func(item *T) error {
		items = append(items, *item)
		return nil
	})
	if l.looks && tookTooLong(err) {
		return nil, false, errTooCommon()
	}
	if err != nil {
		return nil, false, err
	}
	return items, more, nil
}

// eachRow gives the rows of one page to a function as they come, and says whether there are more. A limit of 0 is none.
func eachRow[T any](ctx context.Context, db *DB, limit time.Duration, org uuid.UUID, l *list, columns string, give func(*T) error) (more bool, err error) {
	if len(l.scans) == 0 {
		return false, nil
	}
	order := ""
	if l.page.Sort.Desc {
		order = " DESC"
	}
	sql := "WITH k AS MATERIALIZED (" + l.keys() + ") " + columns + " ORDER BY k.at" + order + ", k.id" + order
	n := 0
	err = db.inOrgWithin(ctx, limit, org, planOnce, sql, l.args, func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if n++; n > l.page.Limit {
				more = true
				continue
			}
			item, err := pgx.RowToAddrOfStructByName[T](rows)
			if err != nil {
				return err
			}
			if err := give(item); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return false, fmt.Errorf("list: %w", err)
	}
	return more, nil
}
