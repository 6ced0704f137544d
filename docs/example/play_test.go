// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package example_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/countersign/countersign/docs/example"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/policies"
	"github.com/countersign/countersign/workflows"
)

// play is a server that runs the type, on a real Postgres and a real Temporal, with people to act in it.
type play struct {
	*modeltest.World
	client *workflows.Client
}

func newPlay(t *testing.T) *play {
	t.Helper()
	policy := policies.WithType(example.Type.Name, example.Matrix, example.Segregation)
	w := modeltest.NewWorld(t, []policies.Option{policy}, example.Type)
	forms, err := example.Forms()
	require.NoError(t, err)
	maps.Copy(w.Commit.Forms, forms)

	p := &play{World: w}
	acks := &workflows.Acks{Store: w.DB, Log: slog.New(slog.DiscardHandler), Every: 50 * time.Millisecond}
	processes := map[string]workflows.Process{example.Type.Name: example.Process}
	p.client = &workflows.Client{Temporal: dial(t), Direct: w.Commit, Now: time.Now, Ack: acks, Queue: "example-" + w.Slug, Processes: processes}
	worker := workflows.NewWorker(p.client.Temporal, p.client.Queue, w.Commit, processes)
	require.NoError(t, worker.Start())
	t.Cleanup(worker.Stop)

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); acks.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// newCodec encrypts what the engine keeps, with a key that everybody may know: the fixtures are read with it again.
func newCodec(t *testing.T) *workflows.Codec {
	t.Helper()
	codec, err := workflows.NewCodec("test", map[string][]byte{"test": bytes.Repeat([]byte{7}, 32)})
	require.NoError(t, err)
	return codec
}

func dial(t *testing.T) client.Client {
	t.Helper()
	codec := newCodec(t)
	c, err := client.Dial(client.Options{
		HostPort: os.Getenv("TEMPORAL_ADDRESS"), Namespace: os.Getenv("TEMPORAL_NAMESPACE"), Identity: "example", Logger: quiet{},
		DataConverter: codec.DataConverter(), FailureConverter: codec.FailureConverter(),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func (p *play) command(who, name string, record, task uuid.UUID, body any) models.Command {
	raw := models.MustJSON(body)
	hash := ledger.ContentHash(raw)
	return models.Command{
		ID: models.NewID(), Org: p.Org, Name: name, Type: example.Type.Name, Record: record, Task: task, Actor: p.People[who],
		Source: models.Source{Kind: ledger.SourceAPI}, Body: raw, Fingerprint: hash[:],
	}
}

// file makes a record of a notice that came an hour ago, and starts its process.
func (p *play) file(t *testing.T, who string) models.Receipt {
	t.Helper()
	cmd := p.command(who, "record.create", models.NewID(), uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{
		"supplier": "Alpenglas", "material": "10 ml vials, type I", "change": "Vials will be drawn in furnace 4, which is new.",
		"first_delivery": "2027-03-01", "aware_at": time.Now().UTC().Add(-time.Hour).Format(time.RFC3339),
	}})
	receipt, err := p.client.Start(t.Context(), models.CaseInput{Org: p.Org, Type: example.Type.Name, Record: cmd.Record}, cmd)
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	return receipt
}

// ask sends a request about the whole record: more time, cancellation, a correction.
func (p *play) ask(t *testing.T, who, name string, record uuid.UUID, body any) models.Receipt {
	t.Helper()
	receipt, err := p.client.Command(t.Context(), example.Type.Name, p.command(who, name, record, uuid.Nil, body))
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	return receipt
}

// waitFor waits until the process has opened a step, and returns its task.
func (p *play) waitFor(t *testing.T, record uuid.UUID, step string) models.Task {
	t.Helper()
	var found models.Task
	require.Eventually(t, func() bool {
		view, err := p.DB.RecordView(t.Context(), p.Org, record, p.People["ivy"], nil)
		if err != nil || view == nil {
			return false
		}
		for _, task := range view.Tasks {
			if task.Step == step {
				found = task.Task
				return true
			}
		}
		return false
	}, 20*time.Second, 20*time.Millisecond, step)
	return found
}

// decide has a person claim the open task of a step and decide it, with a signature where the plan asks for one. What is
// refused on the way is the answer.
func (p *play) decide(t *testing.T, who string, record uuid.UUID, step string, verdict models.Completion) models.Receipt {
	t.Helper()
	task := p.waitFor(t, record, step)
	if claimed := p.commit(t, p.command(who, "task.claim", record, task.ID, struct{}{})); claimed.Refused != nil {
		return claimed
	}
	cmd := p.command(who, "task.complete", record, task.ID, verdict)
	if task.Meaning != "" {
		sheet := p.commit(t, p.command(who, "task.sign", record, task.ID, verdict))
		require.Nil(t, sheet.Refused)
		var shown models.IntentResult
		require.NoError(t, json.Unmarshal(models.MustJSON(sheet.Result), &shown))
		cmd.Signing = &models.Signing{Intent: shown.Intent, Factors: []string{models.ComponentPassword}}
	}
	receipt, err := p.client.Command(t.Context(), example.Type.Name, cmd)
	require.NoError(t, err)
	return receipt
}

// commit gives a command that does not change the course of a process: it needs no engine.
func (p *play) commit(t *testing.T, cmd models.Command) models.Receipt {
	t.Helper()
	receipt, err := p.Commit.Commit(t.Context(), cmd)
	require.NoError(t, err)
	return receipt
}

// end waits until the process has ended.
func (p *play) end(t *testing.T, record uuid.UUID) {
	t.Helper()
	run := p.client.Temporal.GetWorkflow(t.Context(), models.WorkflowID(p.Org, example.Type.Name, record), "")
	require.NoError(t, run.Get(t.Context(), nil))
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
