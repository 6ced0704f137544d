// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

// RecordFilter narrows a list of records. Keys are the reader's scope keys; what else is zero does not narrow.
type RecordFilter struct {
	Keys      []string // "all", "site:<site>", "u:<person>"
	Type      string
	State     string
	Class     string
	Site      string
	Owner     uuid.UUID
	DueBefore time.Time
	Open      *bool
	Query     string // a record number, or part of a title
}

// RecordItem is one row of a list of records.
type RecordItem struct {
	ID           uuid.UUID  `db:"id"`
	Type         string     `db:"type"`
	Number       string     `db:"number"`
	Title        string     `db:"title"`
	State        string     `db:"state"`
	Class        string     `db:"class"`
	Site         string     `db:"site"`
	SiteName     string     `db:"site_name"`
	OwnerID      uuid.UUID  `db:"owner_id"`
	OwnerName    string     `db:"owner_name"`
	ReporterID   uuid.UUID  `db:"reporter_id"`
	ReporterName string     `db:"reporter_name"`
	Version      int        `db:"version"`
	LateSeconds  int64      `db:"late_seconds"`
	DueAt        time.Time  `db:"due_at"`
	Extensions   int        `db:"extensions"`
	HeldAt       *time.Time `db:"held_at"`
	Migrated     bool       `db:"migrated"`
	CreatedAt    time.Time  `db:"created_at"`
	UpdatedAt    time.Time  `db:"updated_at"`
	ClosedAt     *time.Time `db:"closed_at"`
}

// Records lists the records under the filter's keys, and says whether there are more.
func (db *DB) Records(ctx context.Context, org uuid.UUID, f RecordFilter, page Page) ([]RecordItem, bool, error) {
	l := &list{page: page}
	tenant := "r.org_id = " + l.arg(org)
	where := f.conditions(l)
	if number := recordNumber(f.Query); number != "" && len(f.Keys) > 0 {
		// One row at most, by the unique index on numbers; that the reader may see it is asked of the row itself.
		l.add(scan{from: "records r", id: "r.id", sort: "r." + page.Sort.Column, where: append(where, tenant, "r.number = "+l.arg(number), readable(l, f.Keys))})
	} else {
		for _, column := range keyColumns(l, f.Keys) {
			l.add(scan{from: "records r", id: "r.id", sort: "r." + page.Sort.Column, where: append(where[:len(where):len(where)], tenant, column)})
		}
	}
	return rowsOf[RecordItem](ctx, db, org, l, `SELECT r.id, r.type, r.number, r.title, r.state, r.class, r.site, s.name AS site_name, r.owner_id,
		COALESCE(o.name, '') AS owner_name, r.reporter_id, COALESCE(p.name, '') AS reporter_name, r.version, r.late_seconds, r.due_at,
		r.extensions, r.held_at, r.migrated, r.created_at, r.updated_at, r.closed_at
		FROM k JOIN records r ON r.org_id = $1 AND r.id = k.id JOIN sites s ON s.org_id = $1 AND s.id = r.site
		LEFT JOIN users o ON o.org_id = $1 AND o.id = r.owner_id LEFT JOIN users p ON p.org_id = $1 AND p.id = r.reporter_id`)
}

// keyColumns is one condition a scope key and index: the scans of a list.
func keyColumns(l *list, keys []string) []string {
	var columns []string
	for _, key := range keys {
		kind, value, _ := strings.Cut(key, ":")
		switch kind {
		case "all":
			return []string{"true"}
		case "site":
			columns = append(columns, "r.site = "+l.arg(value))
		case "u":
			id := l.arg(value) + "::uuid"
			columns = append(columns, "r.owner_id = "+id, "r.reporter_id = "+id)
		}
	}
	return columns
}

// readable is the same as one condition on a row that was found otherwise.
func readable(l *list, keys []string) string {
	return "(" + strings.Join(keyColumns(l, keys), " OR ") + ")"
}

func (f RecordFilter) conditions(l *list) []string {
	where := l.equal("r", []equal{{"type", f.Type}, {"state", f.State}, {"class", f.Class}, {"site", f.Site}})
	if f.Owner != uuid.Nil {
		where = append(where, "r.owner_id = "+l.arg(f.Owner))
	}
	if !f.DueBefore.IsZero() {
		where = append(where, "r.due_at < "+l.arg(f.DueBefore))
	}
	if f.Open != nil {
		where = append(where, "(r.closed_at IS NULL) = "+l.arg(*f.Open))
	}
	if f.Query != "" && recordNumber(f.Query) == "" {
		where = append(where, "strpos(lower(r.title), lower("+l.arg(f.Query)+")) > 0")
	}
	return where
}

// recordNumber is the query as a record number, "" if it is none: letters, a year, digits.
func recordNumber(q string) string {
	q = strings.ToUpper(strings.TrimSpace(q))
	parts := strings.Split(q, "-")
	if len(parts) != 3 || parts[0] == "" || len(parts[1]) != 4 || len(parts[2]) < 4 {
		return ""
	}
	if strings.Trim(parts[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || strings.Trim(parts[1]+parts[2], "0123456789") != "" {
		return ""
	}
	return q
}
