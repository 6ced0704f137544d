// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// TaskItem is a task as the inbox shows it.
type TaskItem struct {
	ID          uuid.UUID  `json:"id" format:"uuid"`
	Record      TaskRecord `json:"record"`
	Step        string     `json:"step"`
	Round       int        `json:"round"`
	Kind        string     `json:"kind" enum:"task,approval"`
	State       string     `json:"state" enum:"open,done,withdrawn"`
	Title       string     `json:"title"`
	Site        Place      `json:"site"`
	Assignee    *Named     `json:"assignee,omitempty" doc:"Who holds it; nobody while it is offered to a group."`
	Owner       *Named     `json:"owner,omitempty" doc:"To whom it comes back, while it is delegated."`
	Requester   *Named     `json:"requester,omitempty" doc:"Who asked, for an extension, a cancellation and the like."`
	RecordOwner Named      `json:"record_owner"`
	Priority    int        `json:"priority" doc:"1 is the highest."`
	Meaning     string     `json:"meaning,omitempty" doc:"Of the signature; absent where none is asked."`
	OpenedAt    time.Time  `json:"opened_at"`
	ClaimedAt   *time.Time `json:"claimed_at,omitempty"`
	DueAt       time.Time  `json:"due_at"`
	Overdue     bool       `json:"overdue"`
	FollowUpAt  *time.Time `json:"follow_up_at,omitempty"`
	CompletedAt *time.Time `json:"completed_at,omitempty"`
	Outcome     string     `json:"outcome,omitempty"`
}

// TaskRecord is the record of a task, in short.
type TaskRecord struct {
	ID      uuid.UUID  `json:"id" format:"uuid"`
	Type    string     `json:"type"`
	Number  string     `json:"number"`
	Title   string     `json:"title"`
	Class   string     `json:"class"`
	State   string     `json:"state"`
	Version int        `json:"version" doc:"If-Match of a decision is its ETag."`
	HeldAt  *time.Time `json:"held_at,omitempty" doc:"Since when its clock stands still."`
}

type tasksInput struct {
	Box  string `query:"box" enum:"mine,group,waiting,done,all" default:"mine" doc:"mine: I hold it. group: I may take it. waiting: of my records, and another's turn. done: I decided it. all: open at my sites."`
	Type string `query:"type" maxLength:"100"`
	Site string `query:"site" maxLength:"200"`
	Step string `query:"step" maxLength:"100"`
	Sort string `query:"sort" enum:"due,-due,opened,-opened,completed,-completed" doc:"due unless told. The box done is in the order of completion, newest first unless told."`
	Paged
}

type tasksOutput struct {
	Body struct {
		Items []TaskItem `json:"items"`
		Next  string     `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
	}
}

var taskSorts = map[string]postgres.Sort{
	"due": {Column: "due_at"}, "-due": {Column: "due_at", Desc: true},
	"opened": {Column: "opened_at"}, "-opened": {Column: "opened_at", Desc: true},
	"completed": {Column: "completed_at"}, "-completed": {Column: "completed_at", Desc: true},
}

// order is how a box is sorted. What is open was not completed, and what is done is found by when it was.
func (in *tasksInput) order() (string, error) {
	done := in.Box == postgres.BoxDone
	switch {
	case in.Sort == "" && done:
		return "-completed", nil
	case in.Sort == "":
		return "due", nil
	case done != (taskSorts[in.Sort].Column == "completed_at"):
		return "", models.InvalidField("query.sort", "enum", "The box done is sorted by completed or -completed, and no other box is.")
	}
	return in.Sort, nil
}

func (a *API) tasks(ctx context.Context, in *tasksInput) (*tasksOutput, error) {
	c := callerOf(ctx)
	order, err := in.order()
	if err != nil {
		return nil, err
	}
	page, err := in.page("tasks."+in.Box, order, taskSorts[order])
	if err != nil {
		return nil, err
	}
	f, err := a.box(ctx, c, in.Box)
	if err != nil {
		return nil, err
	}
	f.Type, f.Site, f.Step = in.Type, in.Site, in.Step
	rows, more, err := a.DB.Tasks(ctx, c.Org, f, page)
	if err != nil {
		return nil, err
	}
	out, now := &tasksOutput{}, a.Now()
	out.Body.Items = make([]TaskItem, len(rows))
	for i, r := range rows {
		out.Body.Items[i] = taskItemOf(r, now)
	}
	if more {
		last := rows[len(rows)-1]
		out.Body.Next = cursor{List: "tasks." + in.Box, Sort: order, At: placeOf(last, page.Sort.Column), ID: last.ID}.String()
	}
	return out, nil
}

func placeOf(r postgres.TaskItem, column string) time.Time {
	switch {
	case column == "opened_at":
		return r.OpenedAt
	case column == "completed_at" && r.CompletedAt != nil:
		return *r.CompletedAt
	default:
		return r.DueAt
	}
}

// box is one box of the caller, by the scope keys that he has at this instant.
func (a *API) box(ctx context.Context, c *caller, box string) (postgres.TaskFilter, error) {
	scope, err := a.Policy.Scope(ctx, c.Person)
	return postgres.TaskFilter{Box: box, Me: c.Person.ID, Keys: scope.Tasks, Records: scope.Records}, err
}

func taskItemOf(r postgres.TaskItem, now time.Time) TaskItem {
	return TaskItem{
		ID: r.ID, Record: TaskRecord{
			ID: r.RecordID, Type: r.RecordType, Number: r.RecordNumber, Title: r.RecordTitle, Class: r.RecordClass, State: r.RecordState,
			Version: r.RecordVersion, HeldAt: r.RecordHeldAt,
		},
		Step: r.Step, Round: r.Round, Kind: r.Kind, State: r.State, Title: r.Title, Site: Place{ID: r.Site, Name: r.SiteName},
		Assignee: named(r.AssigneeID, r.AssigneeName), Owner: named(r.OwnerID, r.OwnerName), Requester: named(r.RequesterID, r.RequesterName),
		RecordOwner: Named{ID: r.RecordOwnerID, Name: r.RecordOwnerName}, Priority: r.Priority, Meaning: r.Meaning, OpenedAt: r.OpenedAt,
		ClaimedAt: r.ClaimedAt, DueAt: r.DueAt, Overdue: r.State == models.TaskOpen && r.DueAt.Before(now), FollowUpAt: r.FollowUpAt,
		CompletedAt: r.CompletedAt, Outcome: r.Outcome,
	}
}

type countsOutput struct {
	Body struct {
		Counts map[string]int `json:"counts" doc:"By box. Counting stops at 999: 1000 means more."`
	}
}

// taskCounts counts what waits: the boxes that an inbox shows a number beside.
func (a *API) taskCounts(ctx context.Context, _ *struct{}) (*countsOutput, error) {
	c := callerOf(ctx)
	out := &countsOutput{}
	out.Body.Counts = map[string]int{}
	for _, box := range []string{postgres.BoxMine, postgres.BoxGroup, postgres.BoxWaiting, postgres.BoxDone} {
		f, err := a.box(ctx, c, box)
		if err != nil {
			return nil, err
		}
		if out.Body.Counts[box], err = a.DB.CountTasks(ctx, c.Org, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}
