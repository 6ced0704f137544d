// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package example_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/docs/example"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Verdicts of the play.
var (
	firstLook = models.Completion{Outcome: models.OutcomeDone, Data: map[string]any{
		"impact": "Same glass, same drawing. No impact.", "advice": "accept",
	}}
	secondLook = models.Completion{Outcome: models.OutcomeDone, Data: map[string]any{
		"impact": "A new furnace may change the inner surface: leaching is possible.", "advice": "accept_with_conditions",
		"conditions": "Delamination test on three lots of the new furnace.",
	}}
	sendBack = models.Completion{Outcome: models.OutcomeReturned, ReturnTo: example.StepAssess, Comment: "What about the inner surface?"}
	approve  = models.Completion{Outcome: models.OutcomeApproved}
)

func TestNoticeIsReturnedAssessedAgainAndApproved(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.hireNora(t)
	filed := p.file(t, "rita")
	require.Equal(t, example.StateAssessment, filed.State, "the first step is open when the notice is filed")

	assessed := p.decide(t, "otto", filed.Record, example.StepAssess, firstLook)
	require.Nil(t, assessed.Refused)
	returned := p.decide(t, "quinn", filed.Record, example.StepApprove, sendBack)
	require.Nil(t, returned.Refused)
	require.Equal(t, example.StateAssessment, returned.State)
	require.Equal(t, 2, p.waitFor(t, filed.Record, example.StepAssess).Round)
	require.Nil(t, p.decide(t, "nora", filed.Record, example.StepAssess, secondLook).Refused)

	refused := p.decide(t, "nora", filed.Record, example.StepApprove, approve).Refused
	require.NotNil(t, refused)
	require.Equal(t, models.CodeForbidden, refused.Code)
	require.Equal(t, []models.Reason{
		{Rule: "S1", Text: "The owner of a record does not approve it."},
		{Rule: "S1", Text: "Whoever assessed the change does not approve it."},
	}, refused.Reasons, "she holds the role, and assessed the change")

	approved := p.decide(t, "quinn", filed.Record, example.StepApprove, approve)
	require.Nil(t, approved.Refused)
	require.NotNil(t, approved.Signature)
	p.end(t, filed.Record)
	p.requireClosed(t, filed)
	p.requireEvidence(t, filed.Record)
	p.keepHistory(t, filed.Record)
}

// hireNora takes on a person who holds the roles of both steps, so that only segregation keeps her from the second.
func (p *play) hireNora(t *testing.T) {
	t.Helper()
	id, err := p.Commit.Hire(t.Context(), p.Org, p.People["ada"], p.People["alan"], activities.Staff{
		Username: "nora", Name: "Nora Nilsson", Kind: models.KindPerson,
		Grants: []models.Grant{{Role: models.RoleAreaOwner, Site: modeltest.Berlin}, {Role: models.RoleQA, Site: modeltest.Berlin}},
	})
	require.NoError(t, err)
	p.People["nora"] = id
}

// requireClosed holds what Postgres has against what was played.
func (p *play) requireClosed(t *testing.T, filed models.Receipt) {
	t.Helper()
	view, err := p.DB.RecordView(t.Context(), p.Org, filed.Record, p.People["ivy"], nil)
	require.NoError(t, err)
	require.Equal(t, models.StateClosed, view.State)
	require.Equal(t, "Alpenglas: 10 ml vials, type I", view.Title)
	require.Equal(t, p.People["nora"], view.Owner)
	require.Equal(t, 3, view.Version, "filed, assessed, assessed again; a decision changes no content")
	require.Empty(t, view.Tasks)
	require.Equal(t, []standing{
		{example.StepAssess, 1, models.StepSuperseded, models.OutcomeDone},
		{example.StepApprove, 1, models.StepSuperseded, models.OutcomeReturned},
		{example.StepAssess, 2, models.StepDone, models.OutcomeDone},
		{example.StepApprove, 2, models.StepDone, models.OutcomeApproved},
	}, p.steps(t, filed.Record))
	require.Equal(t, []decision{
		{example.StepAssess, 1, p.People["otto"], models.OutcomeDone, false},
		{example.StepApprove, 1, p.People["quinn"], models.OutcomeReturned, true},
		{example.StepAssess, 2, p.People["nora"], models.OutcomeDone, false},
		{example.StepApprove, 2, p.People["quinn"], models.OutcomeApproved, true},
	}, p.decisions(t, filed.Record))
}

// requireEvidence makes the evidence pack of a record and verifies it as an auditor would: offline, with the organization's key.
func (p *play) requireEvidence(t *testing.T, record uuid.UUID) {
	t.Helper()
	var pack bytes.Buffer
	sealer := &activities.Sealer{Store: p.DB, Keys: p.Keys, Now: time.Now}
	require.NoError(t, p.DB.EvidencePack(t.Context(), p.Org, record, p.Commit.Forms, &pack, sealer.Seal))
	keys, err := p.Keys.List(p.Org)
	require.NoError(t, err)
	report := ledger.VerifyPackFile(bytes.NewReader(pack.Bytes()), int64(pack.Len()), ledger.Options{TrustedKeys: keys})
	require.True(t, report.OK, report.Findings)
	require.EqualValues(t, 2, report.Counts.Signatures)
}

// TestWhatEveryProcessHas plays what the process does not mention: extension, correction, a lost run, reopening, cancellation.
func TestWhatEveryProcessHas(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.file(t, "rita").Record

	before := p.waitFor(t, record, example.StepAssess).DueAt
	later := models.Extension{DueAt: time.Now().AddDate(0, 0, 90).UTC(), Reason: "The supplier's data come in May."}
	p.ask(t, "otto", "record.extend", record, later)
	require.Nil(t, p.decide(t, "quinn", record, models.StepExtensionApproval, approve).Refused)
	require.True(t, p.waitFor(t, record, example.StepAssess).DueAt.After(before))

	run := models.WorkflowID(p.Org, example.Type.Name, record)
	require.NoError(t, p.client.Temporal.TerminateWorkflow(t.Context(), run, "", "the test ends it"))
	require.Nil(t, p.decide(t, "otto", record, example.StepAssess, firstLook).Refused, "Postgres answers alone, and the process is started again")
	require.Equal(t, 1, p.waitFor(t, record, example.StepApprove).Round)
	p.ask(t, "otto", "record.correct", record, models.Correction{Changes: []models.FieldChange{
		{Field: "assess.impact", To: models.MustJSON("Same glass, new furnace."), Reason: "The furnace was left out."},
	}})
	require.Eventually(t, func() bool { return p.waitFor(t, record, example.StepApprove).Round == 2 }, 20*time.Second, 20*time.Millisecond)

	require.Nil(t, p.decide(t, "quinn", record, example.StepApprove, approve).Refused)
	p.end(t, record)

	p.ask(t, "quinn", "record.reopen", record, models.Why{Reason: "The supplier sent a second notice."})
	require.Nil(t, p.decide(t, "helga", record, models.StepReopenApproval, approve).Refused)
	require.Equal(t, 2, p.waitFor(t, record, example.StepAssess).Round)

	p.ask(t, "otto", "record.cancel", record, models.Why{Reason: "The supplier withdrew both notices."})
	cancelled := p.decide(t, "quentin", record, models.StepCancellationApproval, approve)
	require.Nil(t, cancelled.Refused)
	require.Equal(t, models.StateCancelled, cancelled.State)
	p.end(t, record)
}

// standing is what became of one round of a step.
type standing struct {
	Step    string
	Round   int
	State   string
	Outcome string
}

func (p *play) steps(t *testing.T, record uuid.UUID) []standing {
	t.Helper()
	return collect[standing](t, p, "SELECT step, round, state, outcome FROM steps WHERE org_id = $1 AND record_id = $2 ORDER BY opened_at", record)
}

// decision is one verdict of one person.
type decision struct {
	Step    string
	Round   int
	Person  uuid.UUID
	Outcome string
	Signed  bool
}

func (p *play) decisions(t *testing.T, record uuid.UUID) []decision {
	t.Helper()
	return collect[decision](t, p, `SELECT step, round, person_id, outcome, signature_id IS NOT NULL FROM decisions
		WHERE org_id = $1 AND record_id = $2 ORDER BY at`, record)
}

func collect[T any](t *testing.T, p *play, sql string, record uuid.UUID) []T {
	t.Helper()
	var out []T
	err := p.DB.InOrg(t.Context(), p.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), sql, p.Org, record)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		return err
	})
	require.NoError(t, err)
	return out
}
