// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// RecordItem is a record as lists show it.
type RecordItem struct {
	ID          uuid.UUID  `json:"id" format:"uuid"`
	Type        string     `json:"type" example:"deviation"`
	Number      string     `json:"number" example:"DEV-2026-0001"`
	Title       string     `json:"title"`
	State       string     `json:"state"`
	Class       string     `json:"class" doc:"Empty until it is classified."`
	Site        Place      `json:"site"`
	Owner       Named      `json:"owner"`
	Reporter    Named      `json:"reporter"`
	Version     int        `json:"version"`
	DueAt       time.Time  `json:"due_at"`
	Overdue     bool       `json:"overdue"`
	LateSeconds int64      `json:"late_seconds" doc:"How long after awareness it was recorded, where that was too late; else 0."`
	Extensions  int        `json:"extensions"`
	HeldAt      *time.Time `json:"held_at,omitempty" doc:"Since when its clock stands still."`
	Migrated    bool       `json:"migrated" doc:"It came from another system."`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
}

// Record is a record whole, as it stands.
type Record struct {
	RecordItem
	AwareAt       time.Time       `json:"aware_at" doc:"When somebody became aware: its clock runs from there."`
	OriginalDueAt time.Time       `json:"original_due_at" doc:"Before any extension."`
	Involved      []uuid.UUID     `json:"involved" doc:"Who took part in what happened, and so approves nothing of it."`
	Flags         map[string]bool `json:"flags" doc:"The facts on which its process branches."`
	ContentHash   string          `json:"content_hash" doc:"SHA-256 of the version's canonical content."`
	Data          map[string]any  `json:"data" doc:"By step: what its form gave."`
	Steps         []StepStanding  `json:"steps"`
	Tasks         []OpenTask      `json:"tasks"`
}

// StepStanding is one step that is open or decided.
type StepStanding struct {
	Step     string     `json:"step"`
	Round    int        `json:"round"`
	State    string     `json:"state" enum:"open,done"`
	Outcome  string     `json:"outcome,omitempty"`
	OpenedAt time.Time  `json:"opened_at"`
	DueAt    time.Time  `json:"due_at"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
}

// OpenTask is a task of a record that waits for somebody.
type OpenTask struct {
	ID       uuid.UUID `json:"id" format:"uuid"`
	Step     string    `json:"step"`
	Round    int       `json:"round"`
	Title    string    `json:"title"`
	Assignee *Named    `json:"assignee,omitempty"`
	Owner    *Named    `json:"owner,omitempty" doc:"To whom it comes back, while it is delegated."`
	OpenedAt time.Time `json:"opened_at"`
	DueAt    time.Time `json:"due_at"`
}

func recordOf(v *postgres.RecordView) Record {
	out := Record{
		RecordItem: RecordItem{
			ID: v.ID, Type: v.Type, Number: v.Number, Title: v.Title, State: v.State, Class: v.Class,
			Site: Place{ID: v.Site, Name: v.SiteName, Zone: v.SiteZone}, Owner: Named{ID: v.Owner, Name: v.OwnerName},
			Reporter: Named{ID: v.Reporter, Name: v.ReporterName}, Version: v.Version, DueAt: v.DueAt,
			LateSeconds: v.LateSeconds, Extensions: v.Extensions, HeldAt: v.HeldAt, Migrated: v.Migrated,
			CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt, ClosedAt: v.ClosedAt,
		},
		AwareAt: v.AwareAt, OriginalDueAt: v.OriginalDueAt, Involved: v.Involved, Flags: v.Flags,
		ContentHash: hex.EncodeToString(v.ContentHash), Data: v.Data, Steps: []StepStanding{}, Tasks: []OpenTask{},
	}
	for _, s := range v.Steps {
		out.Steps = append(out.Steps, StepStanding(s))
	}
	for _, t := range v.Tasks {
		out.Tasks = append(out.Tasks, OpenTask{
			ID: t.ID, Step: t.Step, Round: t.Round, Title: t.Title, Assignee: named(t.Assignee, t.AssigneeName),
			Owner: named(t.Task.Owner, t.OwnerName), OpenedAt: t.OpenedAt, DueAt: t.DueAt,
		})
	}
	return out
}

// errNoRecord is the answer for records that are not there and for those that the person may not see: the two are not told apart.
var errNoRecord = models.Refuse(models.CodeNotFound, "There is no such record, or you may not see it.")

// readRecord reads a record that the caller may see.
func (a *API) readRecord(ctx context.Context, id uuid.UUID) (*postgres.RecordView, error) {
	c := callerOf(ctx)
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	view, err := a.DB.RecordView(ctx, c.Org, id, c.Person.ID, scope.Tasks)
	if err != nil {
		return nil, err
	}
	if view == nil || !(view.Touches || scope.Reads(view.Site, view.Owner, view.Reporter)) {
		return nil, errNoRecord
	}
	return view, nil
}

type ByID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type recordOutput struct {
	ETag string `header:"ETag"`
	Body Record
}

func (a *API) record(ctx context.Context, in *ByID) (*recordOutput, error) {
	view, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &recordOutput{ETag: etag(view.Version), Body: recordOf(view)}
	out.Body.Overdue = overdue(view.ClosedAt, view.DueAt, a.Now())
	return out, nil
}

// recordOf reads a record of one type.
func (a *API) recordOf(t models.RecordType) func(context.Context, *ByID) (*recordOutput, error) {
	return func(ctx context.Context, in *ByID) (*recordOutput, error) {
		out, err := a.record(ctx, in)
		if err == nil && out.Body.Type != t.Name {
			return nil, errNoRecord
		}
		return out, err
	}
}

func overdue(closed *time.Time, due, now time.Time) bool { return closed == nil && due.Before(now) }
