// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

// TestRandomCommandsNeverReachAnIllegalState is 21 CFR 11.10(f) as a property: whoever sends whatever in whatever order, what
// the trail then tells is a walk that the state table allows, with every approval that closure needs.
func TestRandomCommandsNeverReachAnIllegalState(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	random := rand.New(rand.NewPCG(11, 10))
	var records []uuid.UUID
	for range 4 {
		records = append(records, p.report(t, "rita", nil).Record)
	}
	// Whoever reviews the trail did no step of the record (S7), so two of the quality unit keep out of it until the end.
	for _, name := range reserve {
		id, err := p.Commit.Hire(context.Background(), p.Org, p.People["ada"], p.People["alan"], activities.Staff{
			Username: name, Name: name, Kind: models.KindPerson, Grants: []models.Grant{{Role: models.RoleQA, Site: modeltest.Berlin}},
		})
		require.NoError(t, err)
		p.People[name] = id
	}
	accepted := 0
	for range 250 {
		record := records[random.IntN(len(records))]
		if p.attempt(t, random, record) {
			accepted++
		}
	}
	require.Greater(t, accepted, 60, "most of it has to be possible, or nothing is tested")
	for _, record := range records {
		p.bringToAnEnd(t, record) // whatever happened to it
		requireLegal(t, p, record)
	}
}

var reserve = []string{"vera", "viktor"}

// bringToAnEnd decides every open task by somebody who may, until there is none.
func (p *play) bringToAnEnd(t *testing.T, record uuid.UUID) {
	t.Helper()
	for range 60 {
		tasks := p.openTasks(t, record)
		if len(tasks) == 0 {
			return
		}
		task := tasks[0]
		verdict := verdictOf(t, task)
		refused := &models.Error{}
		for lots := 3; lots >= 2 && refused != nil; lots-- {
			if task.Step == models.StepDisposition { // the third lot is the investigation's
				verdict.Data["batches"] = verdict.Data["batches"].([]any)[:lots]
			}
			for _, who := range slices.Concat(everybody, reserve) {
				if task.Assignee != nil && p.People[who] != *task.Assignee {
					continue
				}
				if refused = p.do(t, who, p.fresh(t, task), verdict).Refused; refused == nil {
					break
				}
			}
		}
		require.Nil(t, refused, task.Step)
	}
	t.Fatal("the record does not end")
}

// fresh reads a task again: an attempt may have claimed it.
func (p *play) fresh(t *testing.T, task models.Task) models.Task {
	t.Helper()
	for _, x := range p.openTasks(t, task.Record) {
		if x.ID == task.ID {
			return x
		}
	}
	return task
}

var everybody = []string{"rita", "otto", "hana", "ines", "quinn", "quentin", "qadir", "helga", "hugo", "max", "ivy", "ada", "mes"}

// attempt sends one random command, mostly a plausible one, and says whether it was accepted.
func (p *play) attempt(t *testing.T, random *rand.Rand, record uuid.UUID) bool {
	t.Helper()
	who := everybody[random.IntN(len(everybody))]
	tasks := p.openTasks(t, record)
	if len(tasks) > 0 && random.IntN(10) < 7 {
		task := tasks[random.IntN(len(tasks))]
		if random.IntN(3) > 0 {
			who = cast[task.Step]
		}
		if task.Assignee != nil && random.IntN(4) > 0 {
			for name, id := range p.People {
				if id == *task.Assignee {
					who = name
				}
			}
		}
		return p.do(t, who, task, randomVerdict(t, random, task)).Refused == nil
	}
	requests := []struct {
		name string
		body any
	}{
		{"record.extend", models.Extension{DueAt: time.Now().Add(time.Duration(random.IntN(90)) * 24 * time.Hour), Reason: "More time is needed."}},
		{"record.reclassify", models.Reclassification{Class: []string{"minor", "major", "critical", "huge"}[random.IntN(4)], Reason: "Seen again."}},
		{"record.correct", models.Correction{Changes: []models.FieldChange{{Field: "report.equipment_id", To: models.MustJSON("BL-1"), Reason: "Misread."}}}},
		{"record.hold", models.Why{Reason: "Waiting for the laboratory."}},
		{"record.resume", struct{}{}},
		{"record.reopen", models.Why{Reason: "A complaint came."}},
		{models.CommandClose, struct{}{}},
	}
	if random.IntN(8) == 0 {
		requests = append(requests, struct {
			name string
			body any
		}{"record.cancel", models.Why{Reason: "Reported twice."}})
	}
	r := requests[random.IntN(len(requests))]
	if r.name == models.CommandClose { // what only the process may do is not a door for people: they have no name for it in the API
		return false
	}
	return p.give(t, who, r.name, record, r.body).Refused == nil
}

func randomVerdict(t *testing.T, random *rand.Rand, task models.Task) models.Completion {
	t.Helper()
	v := verdictOf(t, task)
	switch random.IntN(8) {
	case 0:
		steps := models.Deviation.Steps
		v = models.Completion{Outcome: models.OutcomeReturned, ReturnTo: steps[random.IntN(len(steps))].Name, Comment: "Look again."}
	case 1:
		v = models.Completion{Outcome: models.OutcomeRejected, Comment: "No."}
	case 2:
		v.Data = nil
	}
	if task.Step == models.StepDisposition && v.Data != nil {
		v.Data["batches"] = v.Data["batches"].([]any)[:2+random.IntN(2)]
	}
	return v
}

// requireLegal reads the trail of a record and holds it against the state table and the rules of closure.
func requireLegal(t *testing.T, p *play, record uuid.UUID) {
	t.Helper()
	conn := p.DB.Admin(t)
	rows, err := conn.Query(context.Background(), "SELECT leaf FROM audit_events WHERE record_id = $1 ORDER BY seq", record)
	require.NoError(t, err)
	leaves, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	require.NoError(t, err)
	state := ""
	approvals := map[string]bool{}
	for i, leaf := range leaves {
		e, err := ledger.ParseEvent(leaf)
		require.NoError(t, err)
		require.EqualValues(t, i+1, e.Seq)
		require.Equal(t, state, e.From, "the trail is one walk")
		require.True(t, models.Deviation.States.Allows(e.From, e.To), "%s to %s by %s", e.From, e.To, e.Action)
		if e.Outcome == ledger.OutcomeRefused {
			require.Equal(t, e.From, e.To, "a refusal changes nothing")
		}
		state = e.To
	}
	rows, err = conn.Query(context.Background(), "SELECT step FROM steps WHERE record_id = $1 AND state = 'done'", record)
	require.NoError(t, err)
	standing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	for _, s := range standing {
		approvals[s] = true
	}
	require.Contains(t, []string{models.StateClosed, models.StateCancelled}, state)
	if state == models.StateClosed {
		for _, need := range []string{models.StepTriage, models.StepAssessmentApproval, models.StepCAPADecision, models.StepFinalApproval} {
			require.True(t, approvals[need], "closed without %s: %v", need, slices.Sorted(slices.Values(standing)))
		}
	}
	var open int
	require.NoError(t, conn.QueryRow(context.Background(), "SELECT count(*) FROM tasks WHERE record_id = $1 AND state = 'open'", record).Scan(&open))
	require.Zero(t, open)
}
