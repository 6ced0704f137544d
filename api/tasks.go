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
	FollowUpAt  *time.Time `json:"follow_up_at,omitempty" doc:"When its holder wants to see it again. It moves no due date."`
	Date        *DateNow   `json:"date,omitempty" doc:"Of an open one: the date that matters now."`
	LeftSeconds *int64     `json:"left_seconds,omitempty" doc:"Of an open one: working time until it is due, on the site's calendar; negative when overdue. It stands while the record is on hold."`
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

// TaskFilters narrow a list of tasks.
type TaskFilters struct {
	Box             string    `query:"box" enum:"mine,group,waiting,done,all,decided,requests" default:"mine" doc:"mine: I hold it. group: I may take it. waiting: of my records, and another's turn. done: I decided it. all: open at my sites. decided: decided by anybody at my sites. requests: asked for at my sites (extensions, cancellations and the like), decided or not."`
	Type            string    `query:"type" maxLength:"100"`
	Site            []string  `query:"site" maxItems:"100" doc:"Id of a site, or of several."`
	Step            string    `query:"step" maxLength:"100"`
	Class           string    `query:"class" maxLength:"100" doc:"Of the record."`
	Query           string    `query:"q" maxLength:"200" doc:"The number of a record, or beginnings of words of its title."`
	Assignee        uuid.UUID `query:"assignee" format:"uuid"`
	Claimed         string    `query:"claimed" enum:"true,false" doc:"Held by somebody, or by nobody."`
	Snoozed         string    `query:"snoozed" enum:"true,false" doc:"Put off to an instant that has not come yet, or not."`
	Outcome         string    `query:"outcome" maxLength:"100"`
	StepOutcome     string    `query:"step_outcome" maxLength:"100" doc:"Of the step, which several may decide together."`
	DueFrom         time.Time `query:"due_from"`
	DueBefore       time.Time `query:"due_before"`
	OpenedFrom      time.Time `query:"opened_from"`
	OpenedBefore    time.Time `query:"opened_before"`
	CompletedFrom   time.Time `query:"completed_from"`
	CompletedBefore time.Time `query:"completed_before"`
	AgeFrom         int       `query:"age_from" minimum:"0" maximum:"20000" doc:"Open for so many hours of its site's working time, of the sites that I read."`
	AgeTo           int       `query:"age_to" minimum:"0" maximum:"20000" doc:"And for less than so many."`
	ForecastDays    int       `query:"forecast_days" minimum:"0" maximum:"366" doc:"Due within so many days, and not done by then if it takes as long as its step does: see GET /v1/board."`
	At              time.Time `query:"at" doc:"The instant of age and forecast; now unless told."`
	During          string    `query:"during" maxLength:"100" doc:"The step that the record stood at when the task was opened: of requests."`
	FacetFilters
}

type tasksInput struct {
	TaskFilters
	Sort string `query:"sort" enum:"due,-due,opened,-opened,completed,-completed,next" doc:"due unless told. next: of the box mine, by follow-up or due date, whichever comes first. The boxes done and decided are in the order of completion, newest first unless told; requests are newest first."`
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
	"next": {Column: postgres.ColumnNext},
}

// order is how a box is sorted. What is open was not completed, and what is done is found by when it was.
func (in *tasksInput) order() (string, error) {
	done := in.Box == postgres.BoxDone || in.Box == postgres.BoxDecided
	switch {
	case in.Sort == "" && done:
		return "-completed", nil
	case in.Sort == "" && in.Box == postgres.BoxRequests:
		return "-opened", nil
	case in.Sort == "":
		return "due", nil
	case in.Sort == "next" && in.Box != postgres.BoxMine:
		return "", models.InvalidField("query.sort", "enum", "Only the box mine is sorted by next.")
	case done != (taskSorts[in.Sort].Column == "completed_at"):
		return "", models.InvalidField("query.sort", "enum", "The boxes done and decided are sorted by completed or -completed, and no other box is.")
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
	f, err := a.taskFilter(ctx, in.TaskFilters)
	if err != nil {
		return nil, err
	}
	rows, more, err := a.DB.Tasks(ctx, c.Org, f, page)
	if err != nil {
		return nil, err
	}
	out, now := &tasksOutput{}, a.Now()
	out.Body.Items = make([]TaskItem, len(rows))
	for i, r := range rows {
		out.Body.Items[i] = taskItemOf(r, now)
	}
	if err := a.timed(ctx, c.Org, out.Body.Items); err != nil {
		return nil, err
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
	case column == postgres.ColumnNext && r.FollowUpAt != nil && r.FollowUpAt.Before(r.DueAt):
		return *r.FollowUpAt
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

// taskFilter is what the caller may see of what he asks for.
func (a *API) taskFilter(ctx context.Context, in TaskFilters) (postgres.TaskFilter, error) {
	c := callerOf(ctx)
	f, err := a.box(ctx, c, in.Box)
	if err != nil {
		return f, err
	}
	f.Type, f.Sites, f.Step, f.Class, f.Facets = in.Type, in.Site, in.Step, in.Class, in.facets()
	f.Query = in.Query
	f.Assignee, f.Outcome, f.StepOutcome = in.Assignee, in.Outcome, in.StepOutcome
	f.DueFrom, f.DueBefore, f.OpenedFrom, f.OpenedBefore = in.DueFrom, in.DueBefore, in.OpenedFrom, in.OpenedBefore
	f.CompletedFrom, f.CompletedBefore = in.CompletedFrom, in.CompletedBefore
	f.During, f.Side = in.During, a.sideSteps()
	if in.Claimed != "" {
		claimed := in.Claimed == "true"
		f.Claimed = &claimed
	}
	switch in.Snoozed {
	case "true":
		f.FollowUpAfter = a.Now()
	case "false":
		f.FollowUpBy = a.Now()
	}
	at := in.At
	if at.IsZero() {
		at = a.Now()
	}
	if in.AgeFrom > 0 || in.AgeTo > 0 {
		f.Age = &postgres.AgeFilter{At: at, From: in.AgeFrom, To: in.AgeTo}
	}
	if in.ForecastDays > 0 {
		sees, _, err := a.sitesSeen(ctx, c)
		if err != nil {
			return f, err
		}
		f.Forecast = &postgres.ForecastFilter{At: at, Days: in.ForecastDays, Sites: sees}
	}
	return f, nil
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
