// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// RecordView is a record with what a reader wants beside it.
type RecordView struct {
	models.Record
	SiteName     string     `json:"site_name"`
	SiteZone     string     `json:"site_zone"`
	OwnerName    string     `json:"owner_name"`
	ReporterName string     `json:"reporter_name"`
	Touches      bool       `json:"touches"` // the reader holds, keeps or may take one of its open tasks
	Steps        []StepView `json:"steps"`   // open and decided ones
	Tasks        []TaskView `json:"tasks"`   // open ones
}

// StepView is where one step stands.
type StepView struct {
	Step     string     `json:"step"`
	Round    int        `json:"round"`
	State    string     `json:"state"`
	Outcome  string     `json:"outcome"`
	OpenedAt time.Time  `json:"opened_at"`
	DueAt    time.Time  `json:"due_at"`
	DoneAt   *time.Time `json:"done_at"`
}

// TaskView is one open task of a record.
type TaskView struct {
	models.Task
	AssigneeName string `json:"assignee_name"`
	OwnerName    string `json:"owner_name"`
}

// RecordView reads a record in one statement; nil if the organization has none of that id. keys are the reader's scope keys
// for tasks. Whether the reader may see it is the caller's to say.
func (db *DB) RecordView(ctx context.Context, org, id, reader uuid.UUID, keys []string) (*RecordView, error) {
	var raw json.RawMessage
	found, err := db.single(ctx, &raw, org, `SELECT r.*, s.name AS site_name, s.zone AS site_zone, o.name AS owner_name, p.name AS reporter_name,
		EXISTS (SELECT 1 FROM tasks t WHERE t.org_id = $1 AND t.record_id = r.id AND t.state = 'open' AND ($3::uuid IN (t.assignee_id, t.owner_id)
			OR (t.assignee_id IS NULL AND t.candidates && $4::text[] AND NOT ($3::uuid = ANY (t.barred))))) AS touches,
		COALESCE((SELECT jsonb_agg(to_jsonb(k) - 'plan' - 'request' ORDER BY k.opened_at, k.step, k.round) FROM steps k
			WHERE k.org_id = $1 AND k.record_id = r.id AND k.state IN ('open', 'done')), '[]') AS steps,
		COALESCE((SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('assignee_name', a.name, 'owner_name', w.name) ORDER BY t.opened_at, t.step, t.slot)
			FROM tasks t LEFT JOIN users a ON a.org_id = $1 AND a.id = t.assignee_id LEFT JOIN users w ON w.org_id = $1 AND w.id = t.owner_id
			WHERE t.org_id = $1 AND t.record_id = r.id AND t.state = 'open'), '[]') AS tasks
		FROM records r JOIN sites s ON s.org_id = $1 AND s.id = r.site
		LEFT JOIN users o ON o.org_id = $1 AND o.id = r.owner_id LEFT JOIN users p ON p.org_id = $1 AND p.id = r.reporter_id
		WHERE r.org_id = $1 AND r.id = $2`, org, id, reader, keys)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	if !found {
		return nil, nil
	}
	// Numbers of record data stay as they were written.
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var view RecordView
	if err := dec.Decode(&view); err != nil {
		return nil, fmt.Errorf("decode the record: %w", err)
	}
	return &view, nil
}
