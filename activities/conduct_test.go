// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/policies"
)

// newQuorumWorld runs the request with a quorum of two.
func newQuorumWorld(t *testing.T) *modeltest.World {
	t.Helper()
	matrix := bytes.ReplaceAll(modeltest.RequestMatrix, []byte(`"quorum": 1,
		"due"`), []byte(`"quorum": 2,
		"due"`))
	require.NotEqual(t, modeltest.RequestMatrix, matrix)
	return modeltest.NewWorld(t, []policies.Option{policies.WithType("request", matrix, nil)}, modeltest.Request)
}

func file(t *testing.T, w *modeltest.World, who string) (record uuid.UUID, tasks [2]uuid.UUID) {
	t.Helper()
	record = models.NewID()
	made := run(t, w, who, "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}})
	require.Nil(t, made.Refused)
	for i, slot := range []string{"1", "2"} {
		tasks[i] = models.DeriveID("task", record.String(), "approval", "1", slot)
	}
	return record, tasks
}

// sheet opens a signing sheet and returns what a completion needs.
func sheet(t *testing.T, w *modeltest.World, who string, record, task uuid.UUID, v models.Completion) func(*models.Command) {
	t.Helper()
	r := run(t, w, who, "task.sign", record, task, v)
	require.Nil(t, r.Refused)
	var result models.IntentResult
	require.NoError(t, json.Unmarshal(models.MustJSON(r.Result), &result))
	return func(c *models.Command) {
		c.Signing = &models.Signing{Intent: result.Intent, Factors: []string{models.ComponentPassword}}
	}
}

var yes = models.Completion{Outcome: models.OutcomeApproved}

// One person, two hats, the same instant: the record's lock lets one approval see the other.
func TestOnePersonGivesOneApprovalEvenAtTheSameInstant(t *testing.T) {
	t.Parallel()
	w := newQuorumWorld(t)
	for range 5 {
		record, tasks := file(t, w, "rita")
		var sheets [2]func(*models.Command)
		for i, task := range tasks {
			require.Nil(t, run(t, w, "quinn", "task.claim", record, task, nil).Refused)
			sheets[i] = sheet(t, w, "quinn", record, task, yes)
		}
		var receipts [2]models.Receipt
		var wg sync.WaitGroup
		for i, task := range tasks {
			wg.Go(func() { receipts[i] = run(t, w, "quinn", "task.complete", record, task, yes, sheets[i]) })
		}
		wg.Wait()
		refused := receipts[0].Refused
		if refused == nil {
			refused = receipts[1].Refused
		}
		require.NotNil(t, refused)
		require.True(t, (receipts[0].Refused == nil) != (receipts[1].Refused == nil), "one stands, one is refused")
		require.Equal(t, models.CodeForbidden, refused.Code)
		require.Equal(t, "quorum", refused.Reasons[0].Rule)
	}
}

func TestTwoApproversAtOnceBothCount(t *testing.T) {
	t.Parallel()
	w := newQuorumWorld(t)
	record, tasks := file(t, w, "rita")
	who := []string{"quinn", "qadir"}
	var sheets [2]func(*models.Command)
	for i, task := range tasks {
		require.Nil(t, run(t, w, who[i], "task.claim", record, task, nil).Refused)
		sheets[i] = sheet(t, w, who[i], record, task, yes)
	}
	var receipts [2]models.Receipt
	var wg sync.WaitGroup
	for i, task := range tasks {
		wg.Go(func() { receipts[i] = run(t, w, who[i], "task.complete", record, task, yes, sheets[i]) })
	}
	wg.Wait()
	require.Nil(t, receipts[0].Refused)
	require.Nil(t, receipts[1].Refused)
	done := 0
	for _, r := range receipts {
		if r.Case.Steps[0].State == models.StepDone {
			done++
		}
	}
	require.Equal(t, 1, done, "the second of the two reaches the quorum, whichever it is")
}

func TestTwoClaimsAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record, tasks := file(t, w, "rita")
	receipts := make([]models.Receipt, 2)
	var wg sync.WaitGroup
	for i, who := range []string{"quinn", "quentin"} {
		wg.Go(func() { receipts[i] = run(t, w, who, "task.claim", record, tasks[0], nil) })
	}
	wg.Wait()
	require.True(t, (receipts[0].Refused == nil) != (receipts[1].Refused == nil))
}

func TestTheSameRequestTenTimesIsOneDecision(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record, tasks := file(t, w, "rita")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, tasks[0], nil).Refused)
	signed := sheet(t, w, "quinn", record, tasks[0], yes)
	id := models.NewID()
	var wg sync.WaitGroup
	receipts := make([]models.Receipt, 10)
	for i := range receipts {
		wg.Go(func() {
			receipts[i] = run(t, w, "quinn", "task.complete", record, tasks[0], yes, signed, func(c *models.Command) { c.ID = id })
		})
	}
	wg.Wait()
	for _, r := range receipts {
		require.Nil(t, r.Refused)
		require.Equal(t, receipts[0].Event, r.Event, "every answer is the first one")
		require.Equal(t, receipts[0].Signature, r.Signature)
	}
	other := run(t, w, "quinn", "task.complete", record, tasks[0], models.Completion{Outcome: models.OutcomeApproved, Comment: "changed"},
		signed, func(c *models.Command) { c.ID = id })
	require.Equal(t, models.CodeKeyReused, other.Refused.Code)
}

func TestRefusalsNameTheRule(t *testing.T) { //nolint:tparallel // its parts share one trail, which the last one counts
	t.Parallel()
	w := newRequestWorld(t)
	ctx := context.Background()

	t.Run("an author approving his own record", func(t *testing.T) {
		give := models.PersonRef{User: w.People["quentin"], Role: models.RoleReporter, Site: modeltest.Berlin, Reason: "Covers the line."}
		require.Nil(t, run(t, w, "ada", "admin.grant", uuid.Nil, uuid.Nil, give).Refused)
		record, tasks := file(t, w, "quentin")
		own := run(t, w, "quentin", "task.claim", record, tasks[0], nil)
		require.NotNil(t, own.Refused)
		require.Equal(t, "S1", own.Refused.Reasons[0].Rule)
	})

	t.Run("a role revoked between opening and signing", func(t *testing.T) {
		record, tasks := file(t, w, "rita")
		require.Nil(t, run(t, w, "qadir", "task.claim", record, tasks[0], nil).Refused)
		signed := sheet(t, w, "qadir", record, tasks[0], yes)
		var grant string
		conn := w.DB.Admin(t)
		require.NoError(t, conn.QueryRow(ctx, "SELECT id FROM grants WHERE user_id = $1 AND revoked_at IS NULL", w.People["qadir"]).Scan(&grant))
		revoke := models.PersonRef{User: w.People["qadir"], Grant: uuid.MustParse(grant), Reason: "Moved to another site."}
		require.Nil(t, run(t, w, "ada", "admin.revoke", uuid.Nil, uuid.Nil, revoke).Refused)
		late := run(t, w, "qadir", "task.complete", record, tasks[0], yes, signed)
		require.NotNil(t, late.Refused)
		require.Equal(t, models.CodeForbidden, late.Refused.Code)
		require.NotEmpty(t, late.Refused.Reasons)
	})

	t.Run("a service account", func(t *testing.T) {
		record, tasks := file(t, w, "rita")
		machine := run(t, w, "mes", "task.claim", record, tasks[0], nil)
		require.NotNil(t, machine.Refused)
		require.Contains(t, machine.Refused.Reasons, models.Reason{Rule: "service", Text: reasonOf(machine, "service")})
	})

	t.Run("an administrator", func(t *testing.T) {
		both := models.PersonRef{User: w.People["quinn"], Role: models.RoleAdmin, Site: models.AllSites, Reason: "Helps out."}
		mixed := run(t, w, "ada", "admin.grant", uuid.Nil, uuid.Nil, both)
		require.NotNil(t, mixed.Refused)
		require.Equal(t, "S6", mixed.Refused.Reasons[0].Rule)
	})

	t.Run("nothing of it changed a record, and all of it is in the trail", func(t *testing.T) {
		var refused, done int
		conn := w.DB.Admin(t)
		require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FILTER (WHERE outcome = 'refused' AND action IN ('task.claim', 'task.complete', 'admin.grant')),
			count(*) FILTER (WHERE action = 'task.complete' AND outcome = 'done') FROM audit_events`).Scan(&refused, &done))
		require.Equal(t, 4, refused)
		require.Zero(t, done)
	})
}

func reasonOf(r models.Receipt, rule string) string {
	for _, reason := range r.Refused.Reasons {
		if reason.Rule == rule {
			return reason.Text
		}
	}
	return ""
}

// A signing sheet is for one decision of one person, once.
func TestIntentIsSingleUseAndExact(t *testing.T) {
	t.Parallel()
	w := newQuorumWorld(t)
	record, tasks := file(t, w, "rita")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, tasks[0], nil).Refused)
	require.Nil(t, run(t, w, "qadir", "task.claim", record, tasks[1], nil).Refused)
	signed := sheet(t, w, "quinn", record, tasks[0], yes)

	stolen := run(t, w, "qadir", "task.complete", record, tasks[1], yes, signed)
	require.Equal(t, "intent_unknown", stolen.Refused.Reasons[0].Rule)
	changed := run(t, w, "quinn", "task.complete", record, tasks[0], models.Completion{Outcome: models.OutcomeApproved, Comment: "not shown"}, signed)
	require.Equal(t, "intent_differs", changed.Refused.Reasons[0].Rule)
	require.Equal(t, models.CodeSigningRefused, changed.Refused.Code)
	unsigned := run(t, w, "quinn", "task.complete", record, tasks[0], yes)
	require.Equal(t, "component_missing", unsigned.Refused.Reasons[0].Rule)
	require.Nil(t, run(t, w, "quinn", "task.complete", record, tasks[0], yes, signed).Refused)
}

// Numbers have no gaps, though creations race and some are refused.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	numbers := make(chan string, 40)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			who := "rita"
			if i%4 == 0 {
				who = "olga" // of another site, with no right to file
			}
			r := run(t, w, who, "record.create", models.NewID(), uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}})
			if r.Refused == nil {
				numbers <- r.Number
			}
		})
	}
	wg.Wait()
	close(numbers)
	seen := map[string]bool{}
	for n := range numbers {
		require.False(t, seen[n], n)
		seen[n] = true
	}
	require.Len(t, seen, 30)
	year := w.Commit.Now().UTC().Format("2006")
	require.True(t, seen["REQ-"+year+"-0001"])
	require.True(t, seen["REQ-"+year+"-0030"])
}
