// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// maxAbsence is how long one absence lasts at most. Who is away for longer is asked again.
const maxAbsence = 366 * 24 * time.Hour

func absencePeople(cmd models.Command) []uuid.UUID {
	body, err := read[models.NewAbsence](cmd)
	if err != nil {
		return nil
	}
	return []uuid.UUID{body.User, body.Substitute}
}

func namedAbsence(cmd models.Command) *uuid.UUID {
	body, err := read[models.AbsenceEnd](cmd)
	if err != nil {
		return nil
	}
	return &body.Absence
}

// applyAbsence says who is away and who acts for him. It begins now at the earliest: for the past nobody is put in charge.
func applyAbsence(_ context.Context, t *tx) error {
	body, err := read[models.NewAbsence](t.cmd)
	if err != nil {
		return err
	}
	person, known := t.facts.Person(body.User)
	substitute, found := t.facts.Person(body.Substitute)
	switch {
	case !known || person.Kind != models.KindPerson:
		return models.InvalidField("user", "unknown", "There is no such person.")
	case !found || substitute.Kind != models.KindPerson || !substitute.Active:
		return models.InvalidField("substitute", "unknown", "There is no such person at work.")
	case body.Substitute == body.User:
		return models.InvalidField("substitute", "same", "Nobody stands in for himself.")
	case !body.EndsAt.After(body.StartsAt) || !body.EndsAt.After(t.now):
		return models.InvalidField("ends_at", "out_of_range", "An absence ends after it begins, and not in the past.")
	case body.EndsAt.Sub(t.now) > maxAbsence:
		return models.InvalidField("ends_at", "out_of_range", "An absence ends within a year.")
	}
	starts := body.StartsAt.UTC()
	if starts.Before(t.now) {
		starts = t.now
	}
	row := postgres.Absence{
		Org: t.cmd.Org, ID: body.ID, User: body.User, Substitute: body.Substitute, StartsAt: starts, EndsAt: body.EndsAt.UTC(),
		Reason: body.Reason, CreatedAt: t.now, CreatedBy: t.actor.ID,
	}
	t.identity().Absences = []postgres.Absence{row}
	t.event.reason = body.Reason
	t.event.personal = map[string]string{"absent_name": person.Name, "substitute_name": substitute.Name}
	t.note("absence", nil, map[string]any{"id": row.ID, "user": row.User, "substitute": row.Substitute, "starts_at": row.StartsAt, "ends_at": row.EndsAt})
	t.notifyAbsent(row.User, models.NoticeAbsenceEntered, models.About{Substitute: &row.Substitute, From: &row.StartsAt, To: &row.EndsAt})
	return nil
}

// notifyAbsent tells a person what somebody else said of his absence: his tasks go to another by it.
func (t *tx) notifyAbsent(person uuid.UUID, kind string, about models.About) {
	if person == t.actor.ID {
		return
	}
	about.By = &t.actor.ID
	t.notify(nil, kind, about, models.UserKey(person))
}

// applyAbsenceEnd cuts an absence short. What the substitute holds by then he keeps, until he gives it back or it is taken back.
func applyAbsenceEnd(_ context.Context, t *tx) error {
	body, err := read[models.AbsenceEnd](t.cmd)
	if err != nil {
		return err
	}
	a := t.facts.Named.Absence
	switch {
	case a == nil || a.User != body.User:
		return models.Refuse(models.CodeNotFound, "There is no such absence.")
	case !a.EndsAt.After(t.now):
		return models.Refuse(models.CodeMoved, "The absence is over.")
	}
	ended := *a
	ended.EndsAt, ended.EndedAt = t.now, &t.now
	t.identity().Absences = []postgres.Absence{ended}
	t.event.reason = body.Reason
	t.note("absence."+a.ID.String()+".ends_at", a.EndsAt, t.now)
	t.notifyAbsent(a.User, models.NoticeAbsenceEnded, models.About{To: &a.EndsAt})
	return nil
}

func rerouteTo(cmd models.Command) uuid.UUID {
	body, err := read[models.Reroute](cmd)
	if err != nil {
		return uuid.Nil
	}
	return body.To
}

func reroutePeople(cmd models.Command) []uuid.UUID {
	if to := rerouteTo(cmd); to != uuid.Nil {
		return []uuid.UUID{to}
	}
	return nil
}

// prepareReroute looks, under the lock, whether the person who holds the task is still away, and puts him behind the one who is
// to act for him: segregation of duties is tested against both (S9), and the audit event names both.
func prepareReroute(t *tx) error {
	task, err := t.openTask()
	if err != nil {
		return err
	}
	a := t.facts.Named.Absence
	if a == nil || task.Assignee == nil || *task.Assignee != a.User || a.StartsAt.After(t.now) || !a.EndsAt.After(t.now) {
		return models.Refuse(models.CodeMoved, "The person who holds this task is not away.")
	}
	p, ok := t.facts.Person(a.User)
	if !ok {
		return fmt.Errorf("reroute: the holder of task %s was not read", task.ID)
	}
	to := rerouteTo(t.cmd)
	if to == uuid.Nil {
		return nil
	}
	if to != a.Substitute {
		return models.Refuse(models.CodeMoved, "Somebody else acts for the absent person by now.")
	}
	t.behalf = &p
	return nil
}

// rerouteAction is what policy is asked: whether the substitute may have the task or, for the group, to give it back.
func rerouteAction(t *tx) string {
	if rerouteTo(t.cmd) == uuid.Nil {
		return "task.release"
	}
	return models.CommandReroute
}

// applyReroute gives an absent person's task to his substitute, who acts as himself for the absent one: the task stays the
// absent one's, as a delegated one does. Without a substitute it goes back to whom it came from: its owner or its group, and
// then a manager hears of it.
func applyReroute(_ context.Context, t *tx) error {
	task, err := t.openTask()
	if err != nil {
		return err
	}
	away, to := *task.Assignee, rerouteTo(t.cmd)
	absent, _ := t.facts.Person(away)
	t.event.reason = "Absent until " + t.facts.Named.Absence.EndsAt.Format(time.RFC3339)
	t.event.personal = map[string]string{"absent_name": absent.Name}
	about := models.About{What: task.Title, Absent: &away}
	task.FollowUpAt = nil // it was the absent one's
	switch {
	case to != uuid.Nil:
		substitute, _ := t.facts.Person(to)
		t.event.personal["substitute_name"] = substitute.Name
		task.Assignee, task.Owner, task.ClaimedAt = &to, &away, &t.now
		t.notify(&task.ID, models.NoticeTaskStandIn, about, models.UserKey(to))
	case task.Owner != nil:
		task.Assignee, task.Owner, task.ClaimedAt = task.Owner, nil, &t.now
		t.notifyTask(task, models.NoticeTaskReturned, about)
	default:
		task.Assignee, task.ClaimedAt = nil, nil
		t.notifyTask(task, models.NoticeTaskUnheld, about)
		t.notifyRole(models.RoleManager, &task.ID, models.NoticeNobodyStandsIn, about)
	}
	t.note("assignee", away, task.Assignee)
	t.putTask(task)
	return nil
}

// AbsenceStore knows what absent persons hold.
type AbsenceStore interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
	HeldByAbsent(ctx context.Context, org uuid.UUID, at time.Time) ([]postgres.HeldTask, error)
}

// Rerouter finds the open tasks whose holder is away and gives each to the substitute or, where policy says that he may not have
// it, back to the group. It looks again and again instead of hanging on to what opens or hands over a task: an absence begins
// by the clock, too.
type Rerouter struct {
	Store  AbsenceStore
	Commit *Commit
	Log    *slog.Logger
	Every  time.Duration
}

// Run reroutes until ctx ends.
func (r *Rerouter) Run(ctx context.Context) {
	tick := time.NewTicker(r.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := r.Once(ctx); err != nil && ctx.Err() == nil {
				r.Log.Warn("tasks of absent persons were not all passed on; they are at the next turn", "error", err)
			}
		}
	}
}

// Once reroutes what is there to reroute in every organization.
func (r *Rerouter) Once(ctx context.Context) error {
	return eachOrganization(ctx, r.Store, func(ctx context.Context, org uuid.UUID) error {
		held, err := r.Store.HeldByAbsent(ctx, org, r.Commit.Now())
		if err != nil {
			return err
		}
		var failed error
		for _, h := range held {
			failed = errors.Join(failed, r.reroute(ctx, org, h))
		}
		return failed
	})
}

func (r *Rerouter) reroute(ctx context.Context, org uuid.UUID, h postgres.HeldTask) error {
	to := h.Substitute
	if h.Owner != nil { // it was delegated to the absent person: it goes back
		to = uuid.Nil
	}
	receipt, err := r.give(ctx, org, h, to)
	if err == nil && receipt.Refused != nil && receipt.Refused.Code == models.CodeForbidden && to != uuid.Nil {
		_, err = r.give(ctx, org, h, uuid.Nil)
	}
	return err
}

// give derives the command's id from the minute, so that two servers that look at once give the task away once, and a task that
// comes back to the absent person is given away again.
func (r *Rerouter) give(ctx context.Context, org uuid.UUID, h postgres.HeldTask, to uuid.UUID) (models.Receipt, error) {
	body := models.MustJSON(models.Reroute{Absence: h.Absence, To: to})
	hash := ledger.ContentHash(body)
	minute := r.Commit.Now().UTC().Truncate(time.Minute).Format(time.RFC3339)
	cmd := models.Command{
		ID: models.DeriveID(models.CommandReroute, org.String(), h.Absence.String(), h.Task.String(), to.String(), minute), Org: org,
		Name: models.CommandReroute, Type: h.Type, Record: h.Record, Task: h.Task, Source: models.Source{Kind: ledger.SourceTimer},
		Body: body, Fingerprint: hash[:],
	}
	return r.Commit.Commit(ctx, cmd)
}
