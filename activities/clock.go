// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// calendars keeps the compiled working calendars that sites use. Versions never change, so neither do entries.
type calendars struct {
	mu    sync.Mutex
	byOrg map[uuid.UUID]map[string]*models.Clock
}

func (k *calendars) known(org uuid.UUID) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys := make([]string, 0, len(k.byOrg[org]))
	for key := range k.byOrg[org] {
		keys = append(keys, key)
	}
	return keys
}

// of is the compiled calendar of a site. The facts carry its text when it is not yet known here.
func (k *calendars) of(site *postgres.Site) (*models.Clock, error) {
	key := site.Calendar.String() + ":" + strconv.Itoa(site.CalendarVersion)
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.byOrg[site.Org][key]; c != nil {
		return c, nil
	}
	if site.Spec == nil {
		return nil, fmt.Errorf("calendar %s of site %s was not read", key, site.ID)
	}
	clock, err := site.Spec.Compile()
	if err != nil {
		return nil, fmt.Errorf("calendar %s of site %s: %w", key, site.ID, err)
	}
	if k.byOrg == nil {
		k.byOrg = map[uuid.UUID]map[string]*models.Clock{}
	}
	if k.byOrg[site.Org] == nil {
		k.byOrg[site.Org] = map[string]*models.Clock{}
	}
	k.byOrg[site.Org][key] = clock
	return clock, nil
}

// instant turns a due rule into an instant on the site's calendar.
func (t *tx) instant(rule models.DueRule, statutory bool) (time.Time, error) {
	from := t.now
	switch rule.From {
	case "record_due":
		from = t.record.DueAt
	case "aware":
		from = t.record.AwareAt
	}
	return t.after(from, rule.After, statutory)
}

func (t *tx) after(from time.Time, text string, statutory bool) (time.Time, error) {
	d, err := models.ParseDuration(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the plan's duration: %w", err)
	}
	clock, err := t.calendars.of(t.facts.Site)
	if err != nil {
		return time.Time{}, err
	}
	if statutory {
		return clock.StatutoryDue(from, d.N, d.Unit)
	}
	return clock.Add(from, d).UTC().Truncate(time.Microsecond), nil
}

// startClock sets the warnings before due, due itself, and the escalation ladder after it. step "" is the record's own clock.
func (t *tx) startClock(step string, round int, due time.Time, statutory bool, warn []string, ladder []models.Rung) error {
	rungs := make([]models.ClockRung, 0, len(warn)+len(ladder)+1)
	for _, w := range warn {
		d, err := models.ParseDuration(w)
		if err != nil {
			return fmt.Errorf("read the plan's warning: %w", err)
		}
		rungs = append(rungs, models.ClockRung{Do: "warn", Offset: d.Negate().String()})
	}
	if len(warn)+len(ladder) > 0 {
		rungs = append(rungs, models.ClockRung{Do: "due"})
	}
	for _, r := range ladder {
		rungs = append(rungs, models.ClockRung{Do: r.Do, Role: r.Role, Offset: r.After})
	}
	clock := models.StepClock{
		Org: t.cmd.Org, Record: t.record.ID, Step: step, Round: round, Statutory: statutory, DueAt: due,
		ID: models.DeriveID("clock", t.record.ID.String(), step, strconv.Itoa(round)), Rungs: rungs,
	}
	if err := t.wind(&clock); err != nil {
		return err
	}
	// A warning whose instant is past when the step opens would only tell what everybody sees.
	clock.Rungs = slices.DeleteFunc(clock.Rungs, func(r models.ClockRung) bool { return r.Do == "warn" && r.At.Before(t.now) })
	if len(clock.Rungs) > 0 {
		t.putClock(clock)
	}
	return nil
}

// wind computes the instants of the rungs that have not fired from the clock's due date.
func (t *tx) wind(clock *models.StepClock) error {
	clock.Rungs = slices.Clone(clock.Rungs)
	for i := range clock.Rungs {
		r := &clock.Rungs[i]
		if r.Fired != nil {
			continue
		}
		r.At = clock.DueAt
		if r.Offset != "" {
			at, err := t.after(clock.DueAt, r.Offset, false)
			if err != nil {
				return err
			}
			r.At = at
		}
	}
	return nil
}

func (t *tx) stopClock(step string, round int) {
	for _, c := range slices.Clone(t.clocks) {
		if c.Step == step && c.Round == round && !c.Stopped {
			c.Stopped = true
			t.putClock(c)
		}
	}
}

// applyClock fires the earliest rung that is due, and one only, so that each has an audit event of its own. It reads the
// clock under the record's lock: a timer that was overtaken by a decision or an extension changes nothing.
func applyClock(_ context.Context, t *tx) error {
	var clock *models.StepClock
	rung := -1
	for i := range t.clocks {
		c := &t.clocks[i]
		for j, r := range c.Rungs {
			due := t.ticks(*c) && r.Fired == nil && !r.At.After(t.now)
			if due && (clock == nil || r.At.Before(clock.Rungs[rung].At)) {
				clock, rung = c, j
			}
		}
	}
	if clock == nil {
		t.silent = true
		return nil
	}
	fired := *clock
	fired.Rungs = slices.Clone(clock.Rungs)
	fired.Rungs[rung].Fired = &t.now
	t.putClock(fired)
	return t.fire(fired, fired.Rungs[rung])
}

// ticks says whether a clock runs: while a record is on hold, only the statutory ones do.
func (t *tx) ticks(c models.StepClock) bool {
	return !c.Stopped && (c.Statutory || t.record.HeldAt == nil)
}

// fire does what a rung says. A rung names a rule; who that is, is found here, under the lock.
func (t *tx) fire(clock models.StepClock, rung models.ClockRung) error {
	t.event.action = "clock." + rung.Do
	t.note("clock", nil, map[string]any{"step": clock.Step, "round": clock.Round, "due": clock.DueAt, "rung": rung.Do, "role": rung.Role})
	about := models.About{What: t.Types[t.record.Type].Title, DueAt: &clock.DueAt}
	if step, ok := t.Types[t.record.Type].Step(clock.Step); ok {
		about.What = step.Title
	}
	switch rung.Do {
	case "warn":
		t.notifyClock(clock, models.NoticeDueSoon, about)
	case "due":
		t.breach(clock)
		t.notifyClock(clock, models.NoticeOverdue, about)
	case "notify_assignee":
		t.notifyClock(clock, models.NoticeOverdue, about)
	case "notify_manager":
		t.notifyRole(models.RoleManager, nil, models.NoticeEscalated, about)
	case "notify_role":
		t.notifyRole(rung.Role, nil, models.NoticeEscalated, about)
	case "add_candidate":
		t.tellEscalated(rung, models.NoticeOffered, about, t.escalateTasks(clock, rung))
	case "hand_to_role", "reassign":
		t.tellEscalated(rung, models.NoticeHandedOver, about, t.escalateTasks(clock, rung))
	default:
		return fmt.Errorf("fire a clock: unknown rung %q", rung.Do)
	}
	return nil
}

// breach marks the open tasks of a step as past due.
func (t *tx) breach(clock models.StepClock) {
	for _, task := range slices.Clone(t.tasks) {
		if task.Step == clock.Step && task.Round == clock.Round && task.State == models.TaskOpen && task.BreachedAt == nil {
			task.BreachedAt = &t.now
			t.putTask(task)
		}
	}
}

// escalateTasks offers the open tasks of a step to a role: beside those who have it, or instead of them. It returns them as they were.
func (t *tx) escalateTasks(clock models.StepClock, rung models.ClockRung) (before []models.Task) {
	keys := []string{models.RoleKey(rung.Role, t.record.Site), models.RoleKey(rung.Role, models.AllSites)}
	for _, task := range slices.Clone(t.tasks) {
		if task.Step != clock.Step || task.Round != clock.Round || task.State != models.TaskOpen {
			continue
		}
		before = append(before, task)
		if rung.Do == "add_candidate" {
			task.Candidates = append(slices.Clone(task.Candidates), keys...)
		} else {
			task.Candidates = keys
			task.Assignee, task.Owner, task.ClaimedAt, task.FollowUpAt = nil, nil, nil, nil
		}
		slices.Sort(task.Candidates)
		task.Candidates = slices.Compact(task.Candidates)
		t.note("task."+task.ID.String()+".candidates", before[len(before)-1].Candidates, task.Candidates)
		t.putTask(task)
	}
	return before
}

// tellEscalated tells the role of each task that it may take by a rung, so that the notice leads there, and those from whom the task
// was taken that it is with others now. The record's own clock has no tasks: then the role is told of the record.
func (t *tx) tellEscalated(rung models.ClockRung, kind string, about models.About, before []models.Task) {
	if len(before) == 0 {
		t.notifyRole(rung.Role, nil, kind, about)
	}
	for _, task := range before {
		t.notifyRole(rung.Role, &task.ID, kind, about)
		if rung.Do == "add_candidate" {
			continue
		}
		for _, former := range []*uuid.UUID{task.Assignee, task.Owner} {
			if former != nil {
				t.notify(&task.ID, models.NoticeEscalated, about, models.UserKey(*former))
			}
		}
	}
}

// notifyClock tells those whose turn it is: of a step, who holds or may take its tasks; of the record, its owner.
func (t *tx) notifyClock(clock models.StepClock, kind string, about models.About) {
	if clock.Step == "" {
		t.notify(nil, kind, about, models.UserKey(t.record.Owner))
		return
	}
	for _, task := range t.tasks {
		if task.Step == clock.Step && task.Round == clock.Round && task.State == models.TaskOpen {
			t.notifyTask(task, kind, about)
		}
	}
}

func (t *tx) notifyTask(task models.Task, kind string, about models.About) {
	keys := task.Candidates
	if task.Assignee != nil {
		keys = []string{models.UserKey(*task.Assignee)}
	}
	t.notify(&task.ID, kind, about, keys...)
}

// notifyRole tells who holds a role at the record's site, or at all sites.
func (t *tx) notifyRole(role models.Role, task *uuid.UUID, kind string, about models.About) {
	t.notify(task, kind, about, models.RoleKey(role, t.record.Site), models.RoleKey(role, models.AllSites))
}

// notify tells the holders of some keys one thing, each of them once.
func (t *tx) notify(task *uuid.UUID, kind string, about models.About, keys ...string) {
	n := models.Notification{Org: t.cmd.Org, ID: models.NewID(), Task: task, Kind: kind, About: about, CreatedAt: t.now}
	if t.record != nil {
		n.Record = &t.record.ID
	}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		n.Key = key
		t.changes.Notifications = append(t.changes.Notifications, n)
	}
}
