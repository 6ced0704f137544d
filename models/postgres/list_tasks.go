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

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// The boxes of the inbox.
const (
	BoxMine    = "mine"    // held by me
	BoxGroup   = "group"   // offered to me, and nobody holds it
	BoxWaiting = "waiting" // of my records, and somebody else's turn
	BoxDone    = "done"    // decided by me
	BoxAll     = "all"     // open at the sites that I read

	BoxDecided  = "decided"  // decided by anybody at the sites that I read
	BoxRequests = "requests" // asked for at the sites that I read (an extension, a cancellation), one row a request, decided or not
)

// ColumnNext sorts BoxMine by the date at which each task wants to be looked at: its follow-up, or its due date if that is
// earlier.
const ColumnNext = "next_at"

// Boxes lists the boxes in the order people read them.
var Boxes = []string{BoxMine, BoxGroup, BoxWaiting, BoxDone, BoxAll, BoxDecided, BoxRequests}

// TaskFilter narrows a list of tasks to one box of a person, by the person's scope keys. What else is zero does not narrow.
type TaskFilter struct {
	Box     string
	Me      uuid.UUID
	Keys    []string // for BoxGroup: "u:<me>", "r:<role>:<site>"
	Records []string // for BoxAll, BoxDecided and BoxRequests: "all", "site:<site>"
	Type    string
	Sites   []string
	Step    string
	Class   string
	Query   string // a record number, or beginnings of words of its title
	Facets
	Assignee        uuid.UUID
	Claimed         *bool
	FollowUpAfter   time.Time // put off beyond this instant
	FollowUpBy      time.Time // not put off, or until this instant at most
	Outcome         string
	StepOutcome     string // of the step, which an approval by several decides together
	DueFrom         time.Time
	DueBefore       time.Time
	OpenedFrom      time.Time
	OpenedBefore    time.Time
	CompletedFrom   time.Time
	CompletedBefore time.Time
	Age             *AgeFilter
	Forecast        *ForecastFilter
	During          string   // the step of the main line that the record stood at when the task was opened
	Side            []string // the steps that are not on the main line, for During

	search *search // what Query comes to
}

// AgeFilter narrows to what has been open for so many hours of its site's working time at an instant. To 0 is no limit.
type AgeFilter struct {
	At       time.Time
	From, To int

	clocks map[string]*models.Clock // by site
}

// ForecastFilter narrows to what will be breached within some days of an instant, if it takes as long as its step does.
type ForecastFilter struct {
	At    time.Time
	Days  int
	Sites []string // where it was measured how long steps take

	types, steps []string
	seconds      []float64
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
	Zone            string     `db:"zone"` // of the site
}

// Tasks lists one box, and says whether there are more.
func (db *DB) Tasks(ctx context.Context, org uuid.UUID, f TaskFilter, page Page) ([]TaskItem, bool, error) {
	l := &list{page: page}
	if err := db.boxScans(ctx, l, org, f); err != nil {
		return nil, false, err
	}
	return rowsOf[TaskItem](ctx, db, org, l, taskColumns)
}

// EachTask gives the tasks of one page of any length to a function, one by one, as of one snapshot. It says whether there are more.
func (db *DB) EachTask(ctx context.Context, org uuid.UUID, f TaskFilter, page Page, give func(*TaskItem) error) (more bool, err error) {
	l := &list{page: page}
	if err := db.boxScans(ctx, l, org, f); err != nil {
		return false, err
	}
	return eachRow(ctx, db, 0, org, l, taskColumns, give)
}

const taskColumns = `SELECT t.id, t.record_id, t.record_type, r.number AS record_number, r.title AS record_title,
		r.class AS record_class, r.state AS record_state, r.version AS record_version, r.held_at AS record_held_at, t.step, t.round, t.kind,
		t.state, t.title, t.site, s.name AS site_name, s.zone, t.assignee_id, COALESCE(a.name, '') AS assignee_name, t.owner_id,
		COALESCE(w.name, '') AS owner_name, t.requester_id, COALESCE(q.name, '') AS requester_name, t.record_owner,
		COALESCE(o.name, '') AS record_owner_name, t.priority, t.meaning, t.opened_at, t.claimed_at, t.due_at, t.breached_at,
		t.follow_up_at, t.completed_at, t.outcome
		FROM k JOIN tasks t ON t.org_id = $1 AND t.id = k.id JOIN records r ON r.org_id = $1 AND r.id = t.record_id
		JOIN sites s ON s.org_id = $1 AND s.id = t.site LEFT JOIN users a ON a.org_id = $1 AND a.id = t.assignee_id
		LEFT JOIN users w ON w.org_id = $1 AND w.id = t.owner_id LEFT JOIN users q ON q.org_id = $1 AND q.id = t.requester_id
		LEFT JOIN users o ON o.org_id = $1 AND o.id = t.record_owner`

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
	switch f.Box {
	case BoxAll, BoxDecided, BoxRequests:
		if f.Records, err = db.everySite(ctx, org, f.Records); err != nil {
			return err
		}
	}
	if f.search, err = db.search(ctx, org, f.Query); err != nil {
		return err
	}
	if f.Age != nil || f.Forecast != nil {
		if err := db.measure(ctx, org, &f); err != nil {
			return err
		}
	}
	return f.scan(l, org)
}

// measure reads what two filters need to know first: the calendars that age is counted on, and how long steps take.
func (db *DB) measure(ctx context.Context, org uuid.UUID, f *TaskFilter) error {
	return db.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		if f.Age != nil {
			age := *f.Age
			var err error
			if age.clocks, err = clocksOf(ctx, q, org); err != nil {
				return err
			}
			f.Age = &age
		}
		if f.Forecast == nil {
			return nil
		}
		forecast := *f.Forecast
		touch, err := touchOf(ctx, q, org, forecast.Sites, forecast.At)
		for _, t := range touch {
			forecast.types, forecast.steps = append(forecast.types, t.RecordType), append(forecast.steps, t.Step)
			forecast.seconds = append(forecast.seconds, t.Median)
		}
		f.Forecast = &forecast
		return err
	})
}

// scan adds the index scans of the box.
func (f TaskFilter) scan(l *list, org uuid.UUID) error {
	sort := "t." + l.page.Sort.Column
	if l.page.Sort.Column == ColumnNext {
		sort = "LEAST(t.due_at, t.follow_up_at)" // of the few tasks that one person holds: no index, which every write would pay for
	}
	where := append([]string{"t.org_id = " + l.arg(org)}, f.conditions(l)...)
	from := "tasks t" + f.joins()
	add := func(conditions ...string) {
		l.add(scan{from: from, id: "t.id", sort: sort, where: append(where[:len(where):len(where)], conditions...)})
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
		f.scanSites(l, "t.state = 'open'", add)
		f.scanOwn(l, "t.state = 'open'", add)
	case BoxDecided:
		f.scanSites(l, "t.state = 'done'", add)
	case BoxRequests:
		f.scanSites(l, "t.requester_id IS NOT NULL AND t.slot = 1", add)
	case BoxGroup:
		me := l.arg(f.Me)
		for _, key := range f.Keys {
			l.add(scan{
				from: "task_candidates c JOIN tasks t ON t.org_id = c.org_id AND t.id = c.task_id" + f.joins(), id: "c.task_id", sort: "c." + l.page.Sort.Column,
				where: append(where[:len(where):len(where)], "c.org_id = $1", "c.key = "+l.arg(key), "t.state = 'open'",
					"t.assignee_id IS NULL", "NOT ("+me+" = ANY (t.barred))"),
			})
		}
	default:
		return fmt.Errorf("list tasks: no box %q", f.Box)
	}
	return nil
}

// scanSites adds the tasks of each site that the reader sees.
func (f TaskFilter) scanSites(l *list, state string, add func(...string)) {
	for _, key := range f.Records {
		site, ok := strings.CutPrefix(key, "site:")
		if !ok {
			continue
		}
		add(append([]string{state, "t.site = " + l.arg(site)}, f.Age.conditions(l, site)...)...)
	}
}

// scanOwn adds the tasks of the reader's own records, wherever they are.
func (f TaskFilter) scanOwn(l *list, state string, add func(...string)) {
	for _, key := range f.Records {
		if me, ok := strings.CutPrefix(key, "u:"); ok && f.Age == nil {
			add(state, "t.record_owner = "+l.arg(me)+"::uuid")
		}
	}
}

// joins are the tables that the filter asks of beside tasks.
func (f TaskFilter) joins() string {
	joins := ""
	if f.Class != "" || f.Without == WithoutClass {
		joins += " JOIN records r ON r.org_id = $1 AND r.id = t.record_id"
	}
	if f.StepOutcome != "" {
		joins += " JOIN steps p ON p.org_id = $1 AND p.record_id = t.record_id AND p.step = t.step AND p.round = t.round"
	}
	return joins + f.Facets.join("t.record_id")
}

func (f TaskFilter) conditions(l *list) []string {
	where := l.equal("t", []equal{{"record_type", f.Type}, {"step", f.Step}, {"outcome", f.Outcome}})
	where = append(where, l.among("t.site", f.Sites)...)
	where = append(where, l.equal("r", []equal{{"class", f.Class}})...)
	where = append(where, l.equal("p", []equal{{"outcome", f.StepOutcome}})...)
	where = append(where, f.search.conditions(l, "t.record_id")...)
	where = append(where, f.Facets.conditions(l)...)
	if f.Assignee != uuid.Nil {
		where = append(where, "t.assignee_id = "+l.arg(f.Assignee))
	}
	if f.Claimed != nil {
		where = append(where, "(t.assignee_id IS NOT NULL) = "+l.arg(*f.Claimed))
	}
	if !f.FollowUpAfter.IsZero() {
		where = append(where, "t.follow_up_at > "+l.arg(f.FollowUpAfter))
	}
	if !f.FollowUpBy.IsZero() {
		where = append(where, "(t.follow_up_at IS NULL OR t.follow_up_at <= "+l.arg(f.FollowUpBy)+")")
	}
	where = append(where, l.between("t.due_at", f.DueFrom, f.DueBefore)...)
	where = append(where, l.between("t.opened_at", f.OpenedFrom, f.OpenedBefore)...)
	where = append(where, l.between("t.completed_at", f.CompletedFrom, f.CompletedBefore)...)
	if f.During != "" {
		where = append(where, `(SELECT m.step FROM steps m WHERE m.org_id = $1 AND m.record_id = t.record_id AND m.opened_at <= t.opened_at
			AND m.step <> ALL (`+l.arg(f.Side)+`::text[]) ORDER BY m.opened_at DESC, m.step, m.round LIMIT 1) = `+l.arg(f.During))
	}
	return append(where, f.Forecast.conditions(l)...)
}

// conditions of age are those of one site, because working time is.
func (a *AgeFilter) conditions(l *list, site string) []string {
	if a == nil {
		return nil
	}
	var where []string
	if a.From > 0 {
		where = append(where, "t.opened_at <= "+l.arg(openedBefore(a.clocks[site], a.At, a.From)))
	}
	if a.To > 0 {
		where = append(where, "t.opened_at > "+l.arg(openedBefore(a.clocks[site], a.At, a.To)))
	}
	return where
}

func (f *ForecastFilter) conditions(l *list) []string {
	if f == nil {
		return nil
	}
	at := l.arg(f.At) + "::timestamptz"
	return append(l.between("t.due_at", f.At, f.At.Add(time.Duration(f.Days)*24*time.Hour)),
		"t.due_at < COALESCE(t.claimed_at, "+at+") + make_interval(secs => (SELECT m.seconds FROM unnest("+l.arg(f.types)+"::text[], "+
			l.arg(f.steps)+"::text[], "+l.arg(f.seconds)+"::double precision[]) m(type, step, seconds) WHERE m.type = t.record_type AND m.step = t.step))")
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
