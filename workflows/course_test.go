// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// give sends a record-level command.
func (p *play) give(t *testing.T, who, name string, record uuid.UUID, body any) models.Receipt {
	t.Helper()
	receipt, err := p.Client.Command(context.Background(), "deviation", p.command(who, name, record, uuid.Nil, body))
	require.NoError(t, err)
	return receipt
}

// waitFor waits until the record has an open task of a step.
func (p *play) waitFor(t *testing.T, record uuid.UUID, step string) models.Task {
	t.Helper()
	var found models.Task
	require.Eventually(t, func() bool {
		for _, task := range p.openTasks(t, record) {
			if task.Step == step {
				found = task
				return true
			}
		}
		return false
	}, 20*time.Second, 20*time.Millisecond, step)
	return found
}

func TestReturnNamesAStepAndCountsTheRound(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record, models.StepFinalApproval)
	final := p.waitFor(t, record, models.StepFinalApproval)
	back := p.do(t, "qadir", final, models.Completion{Outcome: models.OutcomeReturned, ReturnTo: models.StepInvestigation, Comment: "The second lot is missing."})
	require.Nil(t, back.Refused)
	again := p.waitFor(t, record, models.StepInvestigation)
	require.Equal(t, 2, again.Round)
	steps := p.playUntil(t, record)
	require.Equal(t, []string{
		models.StepInvestigation, models.StepTechnicalApproval, models.StepDisposition, models.StepCAPADecision, models.StepAuditTrailReview,
		models.StepFinalApproval,
	}, steps, "what came before the named step still stands")
}

func TestExtensionIsDecidedByAnotherAndMovesTheDueDate(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	filed := p.report(t, "rita", nil)
	p.playUntil(t, filed.Record, models.StepAssessment, models.StepReportability)
	task := p.waitFor(t, filed.Record, models.StepAssessment)
	statutory := p.waitFor(t, filed.Record, models.StepReportability)
	to := time.Now().Add(60 * 24 * time.Hour).UTC().Truncate(time.Second)
	require.Nil(t, p.give(t, "otto", "record.extend", filed.Record, models.Extension{DueAt: to, Reason: "The supplier's report is late."}).Refused)
	require.NotNil(t, p.give(t, "otto", "record.extend", filed.Record, models.Extension{DueAt: to, Reason: "Once more."}).Refused, "one request at a time")
	approval := p.waitFor(t, filed.Record, models.StepExtensionApproval)
	require.Nil(t, p.do(t, "quinn", approval, models.Completion{Outcome: models.OutcomeApproved}).Refused)
	moved := p.waitFor(t, filed.Record, models.StepAssessment)
	require.True(t, moved.DueAt.After(task.DueAt), "task dates shift with the record's")
	require.Equal(t, statutory.DueAt, p.waitFor(t, filed.Record, models.StepReportability).DueAt, "no extension moves a statutory date")
}

func TestCancellationEndsTheRecordWithAllItsTasks(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	require.Nil(t, p.give(t, "rita", "record.cancel", record, models.Why{Reason: "Reported twice, see the other record."}).Refused)
	done := p.do(t, "quinn", p.waitFor(t, record, models.StepCancellationApproval), models.Completion{Outcome: models.OutcomeApproved})
	require.Nil(t, done.Refused)
	require.Equal(t, models.StateCancelled, done.State)
	require.Empty(t, p.openTasks(t, record))
}

func TestReclassificationTakesTheOtherWay(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record, models.StepDisposition)
	p.waitFor(t, record, models.StepDisposition)
	require.Nil(t, p.give(t, "otto", "record.reclassify", record, models.Reclassification{Class: models.ClassMinor, Reason: "No product was touched."}).Refused)
	approval := p.waitFor(t, record, models.StepReclassificationApproval)
	require.Nil(t, p.do(t, "quinn", approval, models.Completion{Outcome: models.OutcomeApproved, Comment: "Agreed."}).Refused)
	require.Equal(t, []string{models.StepCause}, p.playUntil(t, record, models.StepDisposition))
	// The other lot was found by the investigation, which a minor deviation does not have.
	disposition := p.waitFor(t, record, models.StepDisposition)
	verdict := verdictOf(t, disposition)
	verdict.Data["batches"] = verdict.Data["batches"].([]any)[:2]
	require.Nil(t, p.do(t, "quentin", disposition, verdict).Refused)
	require.Equal(t, []string{models.StepCAPADecision, models.StepFinalApproval}, p.playUntil(t, record))
}

func TestReopeningKeepsTheClosureAndGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record)
	require.Nil(t, p.give(t, "quinn", "record.reopen", record, models.Why{Reason: "A complaint names the same lot."}).Refused)
	require.Nil(t, p.do(t, "helga", p.waitFor(t, record, models.StepReopenApproval), models.Completion{Outcome: models.OutcomeApproved}).Refused)
	require.Equal(t, 2, p.waitFor(t, record, models.StepInvestigation).Round)
	p.playUntil(t, record)
	require.Empty(t, p.openTasks(t, record))
}

func TestCorrectionGoesBackToTheApprovalThatItMakesVoid(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record, models.StepDisposition)
	p.waitFor(t, record, models.StepDisposition)
	change := models.Correction{Changes: []models.FieldChange{{Field: "report.equipment_id", To: models.MustJSON("PL-07"), Reason: "The plate was misread."}}}
	corrected := p.give(t, "otto", "record.correct", record, change)
	require.Nil(t, corrected.Refused)
	require.Equal(t, 2, p.waitFor(t, record, models.StepAssessmentApproval).Round)
	p.playUntil(t, record)
	require.Empty(t, p.openTasks(t, record))
}

func TestTerminatedRunIsStartedAgainWhereTheRecordStands(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	ctx := context.Background()
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record, models.StepInvestigation)
	require.NoError(t, p.Client.Temporal.TerminateWorkflow(ctx, models.WorkflowID(p.Org, "deviation", record), "", "test"))
	investigation := p.waitFor(t, record, models.StepInvestigation)
	require.Nil(t, p.do(t, "ines", investigation, verdictOf(t, investigation)).Refused, "Postgres answers alone")
	p.waitFor(t, record, models.StepTechnicalApproval) // the process was started again, by itself
	p.playUntil(t, record)
	require.Empty(t, p.openTasks(t, record))
}
