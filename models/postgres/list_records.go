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
	Sites     []string
	Owner     uuid.UUID
	DueBefore time.Time
	Open      *bool
	Query     string // a record number, or beginnings of words of its title
	Facets
	ClosedFrom   time.Time
	ClosedBefore time.Time
	OnTime       string // OnTimeDue or OnTimeOriginal: closed by then
	Repeat       bool
	HumanError   bool

	search *search // what Query comes to
}

// Against which due date a record was closed on time.
const (
	OnTimeDue      = "due"
	OnTimeOriginal = "original" // as it was before any extension
)

// Facets narrow by what stands deep in a record's data: see table record_facets.
type Facets struct {
	Area    string
	Product string
	Without string // WithoutClass, WithoutArea or WithoutProduct: those that have none
}

// What a record may be without.
const (
	WithoutClass   = "class"
	WithoutArea    = "area"
	WithoutProduct = "product"
)

// join adds the facets to the tables of a scan, if they are asked for. record is the column that holds the record's id.
func (f Facets) join(record string) string {
	if f.Area == "" && f.Product == "" && f.Without != WithoutArea && f.Without != WithoutProduct {
		return ""
	}
	return joinFacets(record)
}

func joinFacets(record string) string {
	return " JOIN record_facets f ON f.org_id = $1 AND f.record_id = " + record
}

func (f Facets) conditions(l *list) []string {
	where := l.equal("f", []equal{{"area", f.Area}})
	if f.Product != "" {
		where = append(where, l.arg(f.Product)+" = ANY (f.products)")
	}
	switch f.Without {
	case WithoutClass:
		where = append(where, "r.class = ''")
	case WithoutArea:
		where = append(where, "f.area = ''")
	case WithoutProduct:
		where = append(where, "f.products = '{}'")
	}
	return where
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
	Zone         string     `db:"zone"` // of the site
}

// Records lists the records under the filter's keys, and says whether there are more.
func (db *DB) Records(ctx context.Context, org uuid.UUID, f RecordFilter, page Page) ([]RecordItem, bool, error) {
	l, err := db.recordList(ctx, org, f, page)
	if err != nil {
		return nil, false, err
	}
	return rowsOf[RecordItem](ctx, db, org, l, recordColumns)
}

// EachRecord gives the records of one page of any length to a function, one by one, as of one snapshot. It says whether there are more.
func (db *DB) EachRecord(ctx context.Context, org uuid.UUID, f RecordFilter, page Page, give func(*RecordItem) error) (more bool, err error) {
	l, err := db.recordList(ctx, org, f, page)
	if err != nil {
		return false, err
	}
	return eachRow(ctx, db, 0, org, l, recordColumns, give)
}

const recordColumns = `SELECT r.id, r.type, r.number, r.title, r.state, r.class, r.site, s.name AS site_name, s.zone, r.owner_id,
		COALESCE(o.name, '') AS owner_name, r.reporter_id, COALESCE(p.name, '') AS reporter_name, r.version, r.late_seconds, r.due_at,
		r.extensions, r.held_at, r.migrated, r.created_at, r.updated_at, r.closed_at
		FROM k JOIN records r ON r.org_id = $1 AND r.id = k.id JOIN sites s ON s.org_id = $1 AND s.id = r.site
		LEFT JOIN users o ON o.org_id = $1 AND o.id = r.owner_id LEFT JOIN users p ON p.org_id = $1 AND p.id = r.reporter_id`

func (db *DB) recordList(ctx context.Context, org uuid.UUID, f RecordFilter, page Page) (*list, error) {
	l := &list{page: page}
	where := []string{"r.org_id = " + l.arg(org)}
	var err error
	if f.search, err = db.search(ctx, org, f.Query); err != nil {
		return nil, err
	}
	if page.Sort.Column == "closed_at" {
		// The index on what is closed is by site: one of its own for all of them would cost every write.
		if f.Keys, err = db.everySite(ctx, org, f.Keys); err != nil {
			return nil, err
		}
		where = append(where, "r.closed_at IS NOT NULL")
	}
	where = append(where, f.conditions(l)...)
	from, sort := "records r"+f.join(), "r."+page.Sort.Column
	for _, column := range keyColumns(l, f.Keys) {
		l.add(scan{from: from, id: "r.id", sort: sort, where: append(where[:len(where):len(where)], column)})
	}
	return l, nil
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

func (f RecordFilter) join() string {
	if f.Repeat || f.HumanError {
		return joinFacets("r.id")
	}
	return f.Facets.join("r.id")
}

func (f RecordFilter) conditions(l *list) []string {
	where := l.equal("r", []equal{{"type", f.Type}, {"state", f.State}, {"class", f.Class}})
	where = append(where, l.among("r.site", f.Sites)...)
	if f.Owner != uuid.Nil {
		where = append(where, "r.owner_id = "+l.arg(f.Owner))
	}
	where = append(where, l.between("r.due_at", time.Time{}, f.DueBefore)...)
	where = append(where, l.between("r.closed_at", f.ClosedFrom, f.ClosedBefore)...)
	if f.Open != nil {
		where = append(where, "(r.closed_at IS NULL) = "+l.arg(*f.Open))
	}
	switch f.OnTime {
	case OnTimeDue:
		where = append(where, "r.closed_at <= r.due_at")
	case OnTimeOriginal:
		where = append(where, "r.closed_at <= r.original_due_at")
	}
	if f.Repeat {
		where = append(where, "f.repeat")
	}
	if f.HumanError {
		where = append(where, "f.human_error")
	}
	where = append(where, f.search.conditions(l, "r.id")...)
	return append(where, f.Facets.conditions(l)...)
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
