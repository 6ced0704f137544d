// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Trail is what a reader may see of audit events and policy decisions.
type Trail struct {
	Keys           []string // his scope keys for records; nil for no limit, as within a record that he may see
	Administration bool     // and what was done to accounts, roles, credentials, keys and settings
}

// administration are the kinds of action that are about no record and none's data: what comes before the point of their names.
var administration = []string{"admin", "credential", "key", "organization", "session", "statement", "totp"}

// scans adds one scan for what the reader's keys let him see, and one for administration.
func (t Trail) scans(l *list, s scan, table string) {
	where := s.where
	s.where = append(where[:len(where):len(where)], ofReadable(l, t.Keys, table)...)
	if t.Keys == nil || len(t.Keys) > 0 {
		l.add(s)
	}
	if t.Keys != nil && t.Administration {
		s.where = append(where[:len(where):len(where)], table+".record_id IS NULL", "split_part("+table+".action, '.', 1) = ANY ("+l.arg(administration)+"::text[])")
		l.add(s)
	}
}

// EventFilter narrows a list of audit events. What is zero does not narrow.
type EventFilter struct {
	Trail
	ID      uuid.UUID
	Record  uuid.UUID
	Actor   uuid.UUID
	Action  string
	Outcome string
	From    time.Time
	To      time.Time
}

// EventItem is one audit event with what is kept outside of its leaf.
type EventItem struct {
	ID         uuid.UUID `db:"id"`
	Leaf       []byte    `db:"leaf"`
	At         time.Time `db:"at"`
	LeafIndex  *int64    `db:"leaf_index"`
	ActorName  string    `db:"actor_name"`
	BehalfName string    `db:"behalf_name"`
}

// Events lists audit events by their instant, and says whether there are more.
func (db *DB) Events(ctx context.Context, org uuid.UUID, f EventFilter, page Page) ([]EventItem, bool, error) {
	page.Sort.Column = "at"
	l := &list{page: page}
	where := append([]string{"e.org_id = " + l.arg(org)}, f.conditions(l)...)
	f.scans(l, scan{from: "audit_events e", id: "e.id", sort: "e.at", where: where}, "e")
	return rowsOf[EventItem](ctx, db, org, l, `SELECT e.id, e.leaf, e.at, v.index AS leaf_index, COALESCE(n.value, '') AS actor_name, COALESCE(b.name, '') AS behalf_name
		FROM k JOIN audit_events e ON e.org_id = $1 AND e.id = k.id
		LEFT JOIN leaves v ON v.org_id = $1 AND v.event_id = e.id
		LEFT JOIN personal_values n ON n.org_id = $1 AND n.event_id = e.id AND n.name = 'actor_name'
		LEFT JOIN users b ON b.org_id = $1 AND b.id = (convert_from(e.leaf, 'UTF8')::jsonb #>> '{actor,on_behalf_of}')::uuid`)
}

func (f EventFilter) conditions(l *list) []string {
	where := l.equal("e", []equal{{"action", f.Action}, {"outcome", f.Outcome}})
	if f.ID != uuid.Nil {
		where = append(where, "e.id = "+l.arg(f.ID))
	}
	if f.Record != uuid.Nil {
		where = append(where, "e.record_id = "+l.arg(f.Record))
	}
	if f.Actor != uuid.Nil {
		where = append(where, "e.actor_id = "+l.arg(f.Actor))
	}
	if !f.From.IsZero() {
		where = append(where, "e.at >= "+l.arg(f.From))
	}
	if !f.To.IsZero() {
		where = append(where, "e.at < "+l.arg(f.To))
	}
	return where
}

// ofReadable limits what speaks of records to those under the reader's keys. What speaks of none (logins, roles, keys) is for
// those who read all of the organization.
func ofReadable(l *list, keys []string, table string) []string {
	if keys == nil {
		return nil
	}
	columns := keyColumns(l, keys)
	switch {
	case len(columns) == 0:
		return []string{"false"}
	case columns[0] == "true":
		return nil
	}
	return []string{"EXISTS (SELECT 1 FROM records r WHERE r.org_id = $1 AND r.id = " + table + ".record_id AND (" + strings.Join(columns, " OR ") + "))"}
}

// DecisionFilter narrows a list of policy decisions. What is zero does not narrow.
type DecisionFilter struct {
	Trail
	ID     uuid.UUID
	Record uuid.UUID
	Actor  uuid.UUID
	Action string
	Allow  *bool
}

// DecisionItem is one logged answer of policy.
type DecisionItem struct {
	ID           uuid.UUID  `db:"id"`
	Action       string     `db:"action"`
	RecordID     *uuid.UUID `db:"record_id"`
	RecordNumber string     `db:"record_number"`
	ActorID      uuid.UUID  `db:"actor_id"`
	ActorName    string     `db:"actor_name"`
	Revision     int        `db:"revision"`
	Allow        bool       `db:"allow"`
	Rule         string     `db:"rule"`
	Reasons      []byte     `db:"reasons"`
	Bytes        []byte     `db:"bytes"`
	Micros       int        `db:"micros"`
	At           time.Time  `db:"at"`
}

// Decisions lists policy decisions by their instant, and says whether there are more.
func (db *DB) Decisions(ctx context.Context, org uuid.UUID, f DecisionFilter, page Page) ([]DecisionItem, bool, error) {
	page.Sort.Column = "at"
	l := &list{page: page}
	where := append([]string{"d.org_id = " + l.arg(org)}, l.equal("d", []equal{{"action", f.Action}})...)
	if f.ID != uuid.Nil {
		where = append(where, "d.id = "+l.arg(f.ID))
	}
	if f.Record != uuid.Nil {
		where = append(where, "d.record_id = "+l.arg(f.Record))
	}
	if f.Actor != uuid.Nil {
		where = append(where, "d.actor_id = "+l.arg(f.Actor))
	}
	if f.Allow != nil {
		where = append(where, "d.allow = "+l.arg(*f.Allow))
	}
	f.scans(l, scan{from: "policy_decisions d", id: "d.id", sort: "d.at", where: where}, "d")
	return rowsOf[DecisionItem](ctx, db, org, l, `SELECT d.id, d.action, d.record_id, COALESCE(r.number, '') AS record_number, d.actor_id,
		COALESCE(u.name, '') AS actor_name, d.revision, d.allow, d.rule, d.reasons, d.bytes, d.micros, d.at
		FROM k JOIN policy_decisions d ON d.org_id = $1 AND d.id = k.id LEFT JOIN records r ON r.org_id = $1 AND r.id = d.record_id
		LEFT JOIN users u ON u.org_id = $1 AND u.id = d.actor_id`)
}
