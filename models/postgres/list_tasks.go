// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The boxes of the inbox.
const (
	BoxMine    = "mine"    // held by me
	BoxGroup   = "group"   // offered to me, and nobody holds it
	BoxWaiting = "waiting" // of my records, and somebody else's turn
	BoxDone    = "done"    // decided by me
	BoxAll     = "all"     // open at the sites that I read
)

// Boxes lists the boxes in the order people read them.
var Boxes = []string{BoxMine, BoxGroup, BoxWaiting, BoxDone, BoxAll}

// TaskFilter narrows a list of tasks to one box of a person, by the person's scope keys. What else is zero does not narrow.
type TaskFilter struct {
	Box     string
	Me      uuid.UUID
	Keys    []string // for BoxGroup: "u:<me>", "r:<role>:<site>"
	Records []string // for BoxAll: "all", "site:<site>"
	Type    string
	Site    string
	Step    string
}

// TaskItem is one row of a list of tasks.
type TaskItem struct {
	ID              uuid.UUID  `db:"id"`
	RecordID        uuid.UUID  `db:"record_id"`
	RecordType      string     `db:"record_type"`
	RecordNumber    string     `db:"record_number"`
	RecordTitle     string     `db:"record_title"`
	RecordClass     string     `db:"record_class"`
	RecordState     string     `db:"record_state"`
	RecordVersion   int        `db:"record_version"`
	RecordHeldAt    *time.Time `db:"record_held_at"`
	Step            string     `db:"step"`
	Round           int        `db:"round"`
	Kind            string     `db:"kind"`
	State           string     `db:"state"`
	Title           string     `db:"title"`
	Site            string     `db:"site"`
	SiteName        string     `db:"site_name"`
	AssigneeID      *uuid.UUID `db:"assignee_id"`
	AssigneeName    string     `db:"assignee_name"`
	OwnerID         *uuid.UUID `db:"owner_id"`
	OwnerName       string     `db:"owner_name"`
	RequesterID     *uuid.UUID `db:"requester_id"`
	RequesterName   string     `db:"requester_name"`
	RecordOwnerID   uuid.UUID  `db:"record_owner"`
	RecordOwnerName string     `db:"record_owner_name"`
	Priority        int        `db:"priority"`
	Meaning         string     `db:"meaning"`
	OpenedAt        time.Time  `db:"opened_at"`
	ClaimedAt       *time.Time `db:"claimed_at"`
	DueAt           time.Time  `db:"due_at"`
	BreachedAt      *time.Time `db:"breached_at"`
	FollowUpAt      *time.Time `db:"follow_up_at"`
	CompletedAt     *time.Time `db:"completed_at"`
	Outcome         string     `db:"outcome"`
}

// Tasks lists one box, and says whether there are more.
func (db *DB) Tasks(ctx context.Context, org uuid.UUID, f TaskFilter, page Page) ([]TaskItem, bool, error) {
	l := &list{page: page}
	if err := db.boxScans(ctx, l, org, f); err != nil {
		return nil, false, err
	}
	return rowsOf[TaskItem](ctx, db, org, l, `SELECT t.id, t.record_id, t.record_type, r.number AS record_number, r.title AS record_title,
		r.class AS record_class, r.state AS record_state, r.version AS record_version, r.held_at AS record_held_at, t.step, t.round, t.kind,
		t.state, t.title, t.site, s.name AS site_name, t.assignee_id, COALESCE(a.name, '') AS assignee_name, t.owner_id,
		COALESCE(w.name, '') AS owner_name, t.requester_id, COALESCE(q.name, '') AS requester_name, t.record_owner,
		COALESCE(o.name, '') AS record_owner_name, t.priority, t.meaning, t.opened_at, t.claimed_at, t.due_at, t.breached_at,
		t.follow_up_at, t.completed_at, t.outcome
		FROM k JOIN tasks t ON t.org_id = $1 AND t.id = k.id JOIN records r ON r.org_id = $1 AND r.id = t.record_id
		JOIN sites s ON s.org_id = $1 AND s.id = t.site LEFT JOIN users a ON a.org_id = $1 AND a.id = t.assignee_id
		LEFT JOIN users w ON w.org_id = $1 AND w.id = t.owner_id LEFT JOIN users q ON q.org_id = $1 AND q.id = t.requester_id
		LEFT JOIN users o ON o.org_id = $1 AND o.id = t.record_owner`)
}

// CountTasks counts one box, up to CountLimit and one more.
func (db *DB) CountTasks(ctx context.Context, org uuid.UUID, f TaskFilter) (int, error) {
	l := &list{page: Page{Sort: Sort{Column: "due_at"}}}
	if err := db.boxScans(ctx, l, org, f); err != nil {
		return 0, err
	}
	if len(l.scans) == 0 {
		return 0, nil
	}
	var n int
	err := db.inOrg(ctx, org, planByValue, l.count(), l.args, func(rows pgx.Rows) error {
		var err error
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count tasks: %w", err)
	}
	return n, nil
}

func (db *DB) boxScans(ctx context.Context, l *list, org uuid.UUID, f TaskFilter) error {
	var err error
	if f.Box == BoxAll {
		if f.Records, err = db.everySite(ctx, org, f.Records); err != nil {
			return err
		}
	}
	return f.scan(l, org)
}

// scan adds the index scans of the box.
func (f TaskFilter) scan(l *list, org uuid.UUID) error {
	sort := "t." + l.page.Sort.Column
	where := []string{"t.org_id = " + l.arg(org)}
	where = append(where, l.equal("t", []equal{{"record_type", f.Type}, {"site", f.Site}, {"step", f.Step}})...)
	add := func(conditions ...string) {
		l.add(scan{from: "tasks t", id: "t.id", sort: sort, where: append(where[:len(where):len(where)], conditions...)})
	}
	switch f.Box {
	case BoxMine:
		add("t.state = 'open'", "t.assignee_id = "+l.arg(f.Me))
	case BoxWaiting:
		me := l.arg(f.Me)
		add("t.state = 'open'", "t.record_owner = "+me, "t.assignee_id IS DISTINCT FROM "+me)
	case BoxDone:
		add("t.state = 'done'", "t.completed_by = "+l.arg(f.Me))
	case BoxAll:
		f.scanSites(l, add)
	case BoxGroup:
		me := l.arg(f.Me)
		for _, key := range f.Keys {
			l.add(scan{
				from: "task_candidates c JOIN tasks t ON t.org_id = c.org_id AND t.id = c.task_id", id: "c.task_id", sort: "c." + l.page.Sort.Column,
				where: append(where[:len(where):len(where)], "c.org_id = $1", "c.key = "+l.arg(key), "t.state = 'open'",
					"t.assignee_id IS NULL", "NOT ("+me+" = ANY (t.barred))"),
			})
		}
	default:
		return fmt.Errorf("list tasks: no box %q", f.Box)
	}
	return nil
}

// scanSites adds the open tasks of each site that the reader sees, and of the records that are his own.
func (f TaskFilter) scanSites(l *list, add func(...string)) {
	for _, key := range f.Records {
		switch kind, value, _ := strings.Cut(key, ":"); kind {
		case "site":
			add("t.state = 'open'", "t.site = "+l.arg(value))
		case "u":
			add("t.state = 'open'", "t.record_owner = "+l.arg(value)+"::uuid")
		}
	}
}

// everySite turns the key "all" into one key a site: tasks are indexed by site, and an index without one would cost every write.
func (db *DB) everySite(ctx context.Context, org uuid.UUID, keys []string) ([]string, error) {
	if !slices.Contains(keys, "all") {
		return keys, nil
	}
	var sites []string
	err := db.inOrg(ctx, org, planByValue, "SELECT 'site:' || id FROM sites WHERE org_id = $1 ORDER BY id", []any{org}, func(rows pgx.Rows) error {
		var err error
		sites, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	return sites, nil
}
