// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres/queries"
	"github.com/countersign/countersign/workflows"
)

// play is a world whose processes run on the real engine.
type play struct {
	*modeltest.World
	Client    *workflows.Client
	Acks      *workflows.Acks
	Namespace string
}

func newPlay(t *testing.T) *play {
	t.Helper()
	w := modeltest.NewWorld(t, nil)
	codec, err := workflows.NewCodec("test", map[string][]byte{"test": bytes.Repeat([]byte{7}, 32)})
	require.NoError(t, err)
	namespace := os.Getenv("TEMPORAL_NAMESPACE")
	c, err := client.Dial(client.Options{
		HostPort: os.Getenv("TEMPORAL_ADDRESS"), Namespace: namespace, Logger: quiet{},
		DataConverter: codec.DataConverter(), FailureConverter: codec.FailureConverter(),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	p := &play{World: w, Namespace: namespace, Acks: &workflows.Acks{Store: w.DB, Log: slog.New(slog.DiscardHandler), Every: 50 * time.Millisecond}}
	p.Client = &workflows.Client{Temporal: c, Direct: w.Commit, Now: time.Now, Ack: p.Acks, Queue: "test-" + w.Slug}
	worker := workflows.NewWorker(c, p.Client.Queue, w.Commit, workflows.Processes)
	require.NoError(t, worker.Start())
	t.Cleanup(worker.Stop)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.Acks.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// story is one complete set of answers for a step's form.
func story(t *testing.T, step string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "models", "packs", "testdata", "deviation."+step+".json"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	data, err := models.DecodeData(raw)
	require.NoError(t, err)
	return data
}

func (p *play) command(who, name string, record, task uuid.UUID, body any) models.Command {
	raw := models.MustJSON(body)
	hash := ledger.ContentHash(raw)
	return models.Command{
		ID: models.NewID(), Org: p.Org, Name: name, Type: "deviation", Record: record, Task: task, Actor: p.People[who],
		Source: models.Source{Kind: ledger.SourceAPI}, Body: raw, Fingerprint: hash[:],
	}
}

// report files a deviation that was noticed an hour ago.
func (p *play) report(t *testing.T, who string, change func(data map[string]any)) models.Receipt {
	t.Helper()
	data := story(t, "report")
	now := time.Now().UTC()
	for i, id := range []string{"aware_at", "discovered_at", "occurred_to", "occurred_from"} {
		data[id] = now.Add(-time.Duration(i+1) * 10 * time.Minute).Format(time.RFC3339)
	}
	if change != nil {
		change(data)
	}
	cmd := p.command(who, "record.create", models.NewID(), uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: data})
	receipt, err := p.Client.Start(context.Background(), models.CaseInput{Org: p.Org, Type: "deviation", Record: cmd.Record}, cmd)
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	return receipt
}

// openTasks reads the record's open tasks.
func (p *play) openTasks(t *testing.T, record uuid.UUID) []models.Task {
	t.Helper()
	var tasks []models.Task
	err := p.DB.InOrg(context.Background(), p.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		var raw []byte
		err := tx.QueryRow(context.Background(), `SELECT COALESCE(jsonb_agg(to_jsonb(t) ORDER BY opened_at, slot), '[]') FROM tasks t
			WHERE org_id = $1 AND record_id = $2 AND state = 'open'`, p.Org, record).Scan(&raw)
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, &tasks)
	})
	require.NoError(t, err)
	return tasks
}

// do has a person claim a task and give a verdict on it, signed where the plan asks for it.
func (p *play) do(t *testing.T, who string, task models.Task, verdict models.Completion) models.Receipt {
	t.Helper()
	ctx := context.Background()
	if task.Assignee == nil {
		claimed, err := p.Commit.Commit(ctx, p.command(who, "task.claim", task.Record, task.ID, struct{}{}))
		require.NoError(t, err)
		if claimed.Refused != nil {
			return claimed
		}
	}
	cmd := p.command(who, "task.complete", task.Record, task.ID, verdict)
	if task.Meaning != "" {
		sheet := p.sign(t, who, task, verdict)
		if sheet.Refused != nil {
			return sheet
		}
		var result models.IntentResult
		require.NoError(t, json.Unmarshal(models.MustJSON(sheet.Result), &result))
		cmd.Signing = &models.Signing{Intent: result.Intent, Factors: []string{models.ComponentPassword}}
	}
	receipt, err := p.Client.Command(ctx, "deviation", cmd)
	require.NoError(t, err)
	return receipt
}

func (p *play) sign(t *testing.T, who string, task models.Task, verdict models.Completion) models.Receipt {
	t.Helper()
	receipt, err := p.Commit.Commit(context.Background(), p.command(who, "task.sign", task.Record, task.ID, verdict))
	require.NoError(t, err)
	return receipt
}

// cast says who plays which step.
var cast = map[string]string{
	models.StepTriage: "otto", models.StepAssessment: "otto", models.StepAssessmentApproval: "quinn", models.StepCause: "otto",
	models.StepInvestigation: "ines", models.StepTechnicalApproval: "hana", models.StepDisposition: "quentin", models.StepCAPADecision: "otto",
	models.StepAuditTrailReview: "hugo", models.StepFinalApproval: "qadir", models.StepReportability: "helga",
	models.StepExtensionApproval: "quinn", models.StepCancellationApproval: "quinn", models.StepReclassificationApproval: "quinn",
	models.StepReopenApproval: "helga", models.StepCorrectionApproval: "quinn",
}

// verdictOf is what the cast decides on a step: the story's answers, and yes.
func verdictOf(t *testing.T, task models.Task) models.Completion {
	t.Helper()
	v := models.Completion{Outcome: models.OutcomeDone, Data: story(t, task.Step)}
	if task.Kind == models.KindApproval {
		v.Outcome = models.OutcomeApproved
	}
	return v
}

// playUntil decides open tasks of the record until one of stop is reached or the record is closed, and returns the steps it decided.
func (p *play) playUntil(t *testing.T, record uuid.UUID, stop ...string) []string {
	t.Helper()
	var steps []string
	for range 40 {
		tasks := p.openTasks(t, record)
		if len(tasks) == 0 {
			return steps
		}
		var next *models.Task
		for i := range tasks {
			if !contains(stop, tasks[i].Step) {
				next = &tasks[i]
				break
			}
		}
		if next == nil {
			return steps
		}
		receipt := p.do(t, cast[next.Step], *next, verdictOf(t, *next))
		require.Nil(t, receipt.Refused, fmt.Sprintf("%s by %s", next.Step, cast[next.Step]))
		steps = append(steps, next.Step)
	}
	t.Fatal("the process does not end")
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
