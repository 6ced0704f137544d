// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Task is a task with all that a person needs to decide it.
type Task struct {
	TaskItem
	Rule        string          `json:"rule" doc:"The line of the policy matrix that planned it."`
	Revision    int             `json:"policy_revision" doc:"Of the policy that planned it, when the step opened."`
	Why         []WhyMe         `json:"why" doc:"Why it is with me, or why I see it."`
	Outcomes    []Offered       `json:"outcomes" doc:"The verdicts that it offers, and what each leads to."`
	Clock       *TaskClock      `json:"clock,omitempty" doc:"Of an open task."`
	FormID      string          `json:"form_id,omitempty" example:"deviation.triage"`
	Form        *models.Form    `json:"form,omitempty" doc:"What has to be filled in."`
	Data        map[string]any  `json:"data" doc:"What the form held before, where it was filled in already."`
	Summary     RecordItem      `json:"record_summary" doc:"The record as lists show it."`
	ContentHash string          `json:"record_content_hash" doc:"SHA-256 of the record version's canonical content."`
	RecordData  map[string]any  `json:"record_data" doc:"The record as it stands, by step."`
	Request     any             `json:"request,omitempty" doc:"Of a step beside the main line: what is asked for."`
	Signature   *SignatureAsked `json:"signature,omitempty" doc:"Absent where none is asked."`
	Comments    []Comment       `json:"comments"`
	Candidates  []string        `json:"candidates" doc:"Roles and persons that it is offered to."`
}

// WhyMe is one way in which the caller stands to a task.
type WhyMe struct {
	models.Reason
	Role models.Role `json:"role,omitempty" doc:"Through which it is offered to me."`
	Site *Place      `json:"site,omitempty" doc:"Where I hold that role; absent for all sites."`
}

// Offered is one verdict.
type Offered struct {
	Name        string     `json:"name" example:"approved"`
	NeedsReason bool       `json:"needs_reason"`
	Leads       string     `json:"leads" enum:"on,closed,back,refused,granted" doc:"on: to the next steps. closed: it is the last step. back: to a named step. refused, granted: what was asked for beside the main line."`
	Then        string     `json:"then" example:"Next: Assess and classify." doc:"What happens next, in words."`
	ReturnTo    []StepName `json:"return_to,omitempty" doc:"The steps that a return may name."`
	Next        []StepName `json:"next" doc:"Where the process may go from here."`
}

// StepName is a step with its title.
type StepName struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// SignatureAsked is what a signature on this task means and takes.
type SignatureAsked struct {
	Meaning    string   `json:"meaning"`
	Components []string `json:"components" doc:"What I have to give to sign now."`
}

type taskOutput struct {
	ETag string `header:"ETag" doc:"Of the record: If-Match of a decision."`
	Body Task
}

// errHiddenTask is the answer for a task that the caller may not see, or that is not there.
var errHiddenTask = models.Refuse(models.CodeNotFound, "There is no such task, or you may not see it.")

// taskRead is a task as read: the rows and how the caller stands to it.
type taskRead struct {
	row    queries.TaskRow
	record *postgres.RecordView
	why    []WhyMe
}

// facts is the task as policy sees it.
func (r *taskRead) facts() models.Task {
	t := r.row.Task
	return models.Task{
		ID: t.ID, Step: t.Step, Round: int(t.Round), Kind: models.StepKind(t.Kind), State: t.State, Assignee: t.AssigneeID, Owner: t.OwnerID,
		Candidates: t.Candidates, Barred: t.Barred, Meaning: t.Meaning, Requester: t.RequesterID,
	}
}

func (a *API) task(ctx context.Context, in *ByID) (*taskOutput, error) {
	c := callerOf(ctx)
	read, err := a.readTask(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	body, err := a.taskOf(ctx, c, read)
	if err != nil {
		return nil, err
	}
	return &taskOutput{ETag: etag(read.record.Version), Body: body}, nil
}

// readTask reads a task that the caller may see: he holds it, keeps it, may take it, or reads its record.
func (a *API) readTask(ctx context.Context, c *caller, id uuid.UUID) (*taskRead, error) {
	read := &taskRead{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		read.row, err = q.Task(ctx, queries.TaskParams{Org: c.Org, ID: id})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errHiddenTask
	}
	if err != nil {
		return nil, fmt.Errorf("read the task: %w", err)
	}
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	if read.record, err = a.DB.RecordView(ctx, c.Org, read.row.Task.RecordID, c.Person.ID, scope.Tasks); err != nil {
		return nil, err
	}
	if read.record == nil {
		return nil, errHiddenTask
	}
	read.why = whyMe(scope, c, read)
	if len(read.why) == 0 {
		return nil, errHiddenTask
	}
	return read, nil
}

// whyMe says how the caller stands to the task; nothing where he may not see it. Who holds, keeps or may take it and who reads its
// record sees it. That segregation of duties keeps him from it, and that he decided it, only explain: they outlive the role.
func whyMe(scope models.Scope, c *caller, read *taskRead) []WhyMe {
	t, r, me := read.row.Task, read.record, c.Person.ID
	why := append(whyHeld(read, me), whyOffered(scope, c, read)...)
	if len(why) == 0 && !scope.Reads(r.Site, r.Owner, r.Reporter) {
		return nil
	}
	say := func(rule, text string) { why = append(why, WhyMe{Reason: models.Reason{Rule: rule, Text: text}}) }
	if slices.Contains(t.Barred, me) {
		say("segregation", "Segregation of duties keeps you from it.")
	}
	switch {
	case len(why) > 0:
	case t.CompletedBy != nil && *t.CompletedBy == me:
		say("done", "You decided it.")
	default:
		say("reader", "You may read the record.")
	}
	return why
}

// whyHeld says whether an open task is the person's. Once it is decided nobody holds it.
func whyHeld(read *taskRead, me uuid.UUID) []WhyMe {
	t := read.row.Task
	holds, owns := t.AssigneeID != nil && *t.AssigneeID == me, t.OwnerID != nil && *t.OwnerID == me
	var reason models.Reason
	switch {
	case t.State != models.TaskOpen || !holds && !owns:
		return nil
	case !holds:
		reason = models.Reason{Rule: "task_owner", Text: "It is yours, and " + read.row.AssigneeName + " does it for you."}
	case t.OwnerID != nil && !owns:
		reason = models.Reason{Rule: "delegated", Text: "You do it for " + read.row.OwnerName + ", to whom it belongs."}
	default:
		reason = models.Reason{Rule: "assignee", Text: "You hold it."}
	}
	return []WhyMe{{Reason: reason}}
}

// whyOffered says through which of the caller's roles he may take the task.
func whyOffered(scope models.Scope, c *caller, read *taskRead) []WhyMe {
	t := read.row.Task
	var why []WhyMe
	for _, g := range c.Person.Grants {
		key := models.RoleKey(g.Role, g.Site)
		if !slices.Contains(t.Candidates, key) || !slices.Contains(scope.Tasks, key) {
			continue
		}
		offered := WhyMe{Role: g.Role, Reason: models.Reason{
			Rule: "candidate", Text: "It is offered to the role " + string(g.Role) + ", which you hold " + heldAt(g.Site, read.row.SiteName) + ".",
		}}
		if g.Site != models.AllSites {
			offered.Site = &Place{ID: t.Site, Name: read.row.SiteName, Zone: read.row.SiteZone}
		}
		why = append(why, offered)
	}
	return why
}

func heldAt(site, name string) string {
	if site == models.AllSites {
		return "at all sites"
	}
	return "at " + name
}

func (a *API) taskOf(ctx context.Context, c *caller, read *taskRead) (Task, error) {
	row, record := read.row.Task, read.record
	var plan models.Plan
	if err := json.Unmarshal(read.row.Plan, &plan); err != nil {
		return Task{}, fmt.Errorf("read the plan of a task: %w", err)
	}
	typ := a.Types[row.RecordType]
	task := Task{
		TaskItem: itemOf(read), Rule: plan.Rule, Revision: plan.Revision, Why: read.why, Outcomes: offeredBy(plan, typ, row.Step),
		Form: a.Forms[typ.FormOf(row.Step)], Data: map[string]any{}, Summary: recordOf(record).RecordItem, ContentHash: hexOf(record.ContentHash),
		RecordData: record.Data, Candidates: row.Candidates,
	}
	task.Overdue = row.State == models.TaskOpen && row.DueAt.Before(a.Now())
	task.Summary.Overdue = overdue(record.ClosedAt, record.DueAt, a.Now())
	if task.Form != nil {
		task.FormID = task.Form.ID
	}
	if section, ok := record.Data[row.Step].(map[string]any); ok {
		task.Data = section
	}
	if len(read.row.Request) > 0 {
		dec := json.NewDecoder(bytes.NewReader(read.row.Request))
		dec.UseNumber()
		if err := dec.Decode(&task.Request); err != nil {
			return task, fmt.Errorf("read the request of a task: %w", err)
		}
	}
	items := []TaskItem{task.TaskItem}
	if err := a.timed(ctx, row.OrgID, items); err != nil {
		return task, err
	}
	task.TaskItem = items[0]
	var err error
	if task.Clock, err = a.taskClock(ctx, read, plan); err != nil {
		return task, err
	}
	if task.Signature, err = a.signatureAsked(ctx, c, row); err != nil {
		return task, err
	}
	task.Comments, err = a.taskComments(ctx, row)
	return task, err
}

func (a *API) signatureAsked(ctx context.Context, c *caller, row queries.Task) (*SignatureAsked, error) {
	if row.Meaning == "" {
		return nil, nil
	}
	ref, err := a.findTask(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	components, err := a.components(ctx, c, ref)
	if err != nil {
		return nil, err
	}
	return &SignatureAsked{Meaning: row.Meaning, Components: components}, nil
}

func (a *API) taskComments(ctx context.Context, row queries.Task) ([]Comment, error) {
	comments := []Comment{}
	err := a.DB.Read(ctx, row.OrgID, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.TaskComments(ctx, queries.TaskCommentsParams{Org: row.OrgID, Record: row.RecordID, Task: &row.ID})
		for _, r := range rows {
			c := r.Comment
			comments = append(comments, Comment{ID: c.ID, Task: c.TaskID, Author: Named{ID: c.AuthorID, Name: r.Author}, Text: c.Text, At: c.CreatedAt})
		}
		return err
	})
	return comments, err
}

func itemOf(read *taskRead) TaskItem {
	r, t, record := read.row, read.row.Task, read.record
	return TaskItem{
		ID: t.ID, Record: TaskRecord{
			ID: record.ID, Type: record.Type, Number: record.Number, Title: record.Title, Class: record.Class, State: record.State,
			Version: record.Version, HeldAt: record.HeldAt,
		},
		Step: t.Step, Round: int(t.Round), Kind: t.Kind, State: t.State, Title: t.Title, Site: Place{ID: t.Site, Name: r.SiteName, Zone: r.SiteZone},
		Assignee: named(t.AssigneeID, r.AssigneeName), Owner: named(t.OwnerID, r.OwnerName), Requester: named(t.RequesterID, r.RequesterName),
		RecordOwner: Named{ID: t.RecordOwner, Name: r.RecordOwnerName}, Priority: int(t.Priority), Meaning: t.Meaning, OpenedAt: t.OpenedAt,
		ClaimedAt: t.ClaimedAt, DueAt: t.DueAt, FollowUpAt: t.FollowUpAt, CompletedAt: t.CompletedAt, Outcome: t.Outcome,
	}
}

// offeredBy says what each verdict leads to, as far as the declaration of the process tells.
func offeredBy(plan models.Plan, typ models.RecordType, step string) []Offered {
	declared, _ := typ.Step(step)
	offered := make([]Offered, len(plan.Outcomes))
	for i, rule := range plan.Outcomes {
		o := Offered{Name: rule.Name, NeedsReason: rule.NeedsReason, Next: []StepName{}}
		switch {
		case rule.Name == models.OutcomeReturned:
			o.ReturnTo = stepNames(typ, rule.ReturnTo)
			o.Next, o.Leads, o.Then = o.ReturnTo, "back", "Back to the step that you name: "+orTitles(o.ReturnTo)+"."
		case rule.Name == models.OutcomeRejected:
			o.Leads, o.Then = "refused", "What is asked for is refused, and the record goes on as before."
		case declared.Side:
			o.Leads, o.Then = "granted", "What is asked for is carried out."
		case len(declared.Next) == 0:
			o.Leads, o.Then = "closed", "The record is closed."
		default:
			o.Next = stepNames(typ, declared.Next)
			o.Leads, o.Then = "on", "Next: "+orTitles(o.Next)+"."
		}
		if plan.Quorum > 1 && (o.Leads == "on" || o.Leads == "closed" || o.Leads == "granted") {
			o.Then = fmt.Sprintf("When %d persons have said so: %s", plan.Quorum, o.Then)
		}
		offered[i] = o
	}
	return offered
}

// orTitles names steps of which one will be.
func orTitles(steps []StepName) string {
	titles := make([]string, len(steps))
	for i, s := range steps {
		titles[i] = s.Title
	}
	return strings.Join(titles, ", or ")
}

func stepNames(typ models.RecordType, names []string) []StepName {
	steps := make([]StepName, len(names))
	for i, name := range names {
		declared, _ := typ.Step(name)
		steps[i] = StepName{Name: name, Title: declared.Title}
	}
	return steps
}
