// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/policies"
	"github.com/countersign/countersign/workflows"
)

// benchFloor is a whole server in this process, over real Postgres and Temporal, with people logged in. Password hashing is
// reported apart: here it costs next to nothing, which no setting of a real server can reach.
type benchFloor struct {
	*modeltest.World
	url      string
	http     *http.Client
	temporal client.Client
	client   *workflows.Client
	tokens   map[string]string
	bareQ    string
	keys     atomic.Int64
	last     atomic.Value // string: the workflow that was begun last
}

func newBenchFloor(b *testing.B) *benchFloor {
	b.Helper()
	collectSeldom()
	w := modeltest.NewWorld(b, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	codec, err := workflows.NewCodec("bench", map[string][]byte{"bench": bytes.Repeat([]byte{7}, 32)})
	require.NoError(b, err)
	c, err := client.Dial(client.Options{
		HostPort: os.Getenv("TEMPORAL_ADDRESS"), Namespace: os.Getenv("TEMPORAL_NAMESPACE"), Logger: silent{},
		ConnectionOptions: plainly,
		DataConverter:     codec.DataConverter(), FailureConverter: codec.FailureConverter(),
	})
	require.NoError(b, err)
	b.Cleanup(c.Close)
	f := &benchFloor{World: w, temporal: c, bareQ: "bare-" + w.Slug, tokens: map[string]string{}}
	f.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	f.startWorkers(b)
	f.startAPI(b)
	for _, who := range []string{"rita", "quinn", "quentin", "qadir"} {
		f.login(b, who)
	}
	return f
}

func (f *benchFloor) startWorkers(b *testing.B) {
	b.Helper()
	acks := &workflows.Acks{Store: f.DB, Log: slog.New(slog.DiscardHandler), Every: 500 * time.Millisecond}
	processes := map[string]workflows.Process{"request": func(c *workflows.Case) { c.Approve("approval"); c.Close() }}
	f.client = &workflows.Client{Temporal: f.temporal, Direct: f.Commit, Now: time.Now, Ack: acks, Queue: "bench-" + f.Slug, Processes: processes}
	ours := workflows.NewWorker(f.temporal, f.client.Queue, f.Commit, processes)
	require.NoError(b, ours.Start())
	b.Cleanup(ours.Stop)
	bare := worker.New(f.temporal, f.bareQ, worker.Options{MaxConcurrentWorkflowTaskPollers: 16})
	bare.RegisterWorkflowWithOptions(bareProcess, workflow.RegisterOptions{Name: "bare"})
	bare.RegisterActivityWithOptions(bareActivity, activity.RegisterOptions{Name: "bare"})
	require.NoError(b, bare.Start())
	b.Cleanup(bare.Stop)
	ctx, cancel := context.WithCancel(context.Background())
	sealer := sealerOf(f.World)
	go acks.Run(ctx)
	go sealer.Run(ctx)
	b.Cleanup(cancel)
}

// bareProcess is what the engine costs without us: one update with a local activity, and done.
func bareProcess(ctx workflow.Context) error {
	decided := false
	err := workflow.SetUpdateHandler(ctx, "decide", func(ctx workflow.Context, verdict string) (string, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
		var answer string
		err := workflow.ExecuteLocalActivity(ctx, "bare", verdict).Get(ctx, &answer)
		decided = true
		return answer, err
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return decided && workflow.AllHandlersFinished(ctx) })
}

func bareActivity(_ context.Context, verdict string) (string, error) { return verdict, nil }

func (f *benchFloor) startAPI(b *testing.B) {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	a := &api.API{
		DB: f.DB.DB, Policy: f.Policy, Commit: f.Commit, Engine: f.client, Types: f.Commit.Types, Forms: f.Commit.Forms, Log: log, Now: time.Now,
		Auth: &auth.Service{Store: f.DB, Committer: f.Commit, Hasher: f.Hasher, Log: auth.NewSecurityLog(log), Now: time.Now},
	}
	server := httptest.NewServer(a.Handler())
	b.Cleanup(server.Close)
	f.url = server.URL
}

func (f *benchFloor) login(b *testing.B, who string) {
	b.Helper()
	var session struct{ Token string }
	f.call(b, "", http.MethodPost, "/v1/session", "", map[string]any{
		"organization": f.Slug, "username": who, "password": modeltest.Password, "kind": "bearer",
	}, &session)
	f.tokens[who] = session.Token
}

// call does one request and fails the benchmark on any answer that is not a success.
func (f *benchFloor) call(b *testing.B, who, method, path, ifMatch string, body, into any) {
	b.Helper()
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(models.MustJSON(body))
	}
	req, err := http.NewRequestWithContext(context.Background(), method, f.url+path, reader)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	if token := f.tokens[who]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("bench-%d", f.keys.Add(1)))
	}
	if ifMatch != "" {
		req.Header.Set("If-Match", ifMatch)
	}
	res, err := f.http.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		b.Errorf("%s %s: %s %s %v", method, path, res.Status, raw, err)
		return
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			b.Errorf("%s %s: %v", method, path, err)
		}
	}
}

// The operations that are measured. client is the number of the client, so that approvers take turns.

func (f *benchFloor) bare(ctx context.Context, b *testing.B, _ int) {
	b.Helper()
	run, err := f.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "bare/" + uuid.NewString(), TaskQueue: f.bareQ}, "bare")
	if err != nil {
		b.Error(err)
		return
	}
	f.last.Store(run.GetID())
	handle, err := f.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: run.GetID(), UpdateName: "decide", Args: []any{"yes"}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if err == nil {
		err = run.Get(ctx, nil)
	}
	if err != nil {
		b.Error(err)
	}
}

var approvers = []string{"quinn", "quentin", "qadir"}

// made is a record whose approval is claimed and whose signing sheet lies open.
type made struct{ task, intent, who, etag string }

func (f *benchFloor) prepare(b *testing.B, client int) made {
	b.Helper()
	var record struct{ ID string }
	f.call(b, "rita", http.MethodPost, "/v1/requests", "", map[string]any{"site": modeltest.Berlin, "data": map[string]any{}}, &record)
	id, err := uuid.Parse(record.ID)
	if err != nil {
		b.Error(err)
		return made{}
	}
	f.last.Store(models.WorkflowID(f.Org, "request", id))
	m := made{task: models.DeriveID("task", id.String(), "approval", "1", "1").String(), who: approvers[client%len(approvers)], etag: `"1"`}
	f.call(b, m.who, http.MethodPost, "/v1/tasks/"+m.task+"/claim", "", nil, nil)
	var sheet struct{ Intent string }
	f.call(b, m.who, http.MethodPost, "/v1/tasks/"+m.task+"/signing", "", map[string]any{"outcome": "approved"}, &sheet)
	m.intent = sheet.Intent
	return m
}

func (f *benchFloor) decide(b *testing.B, m made) {
	b.Helper()
	f.call(b, m.who, http.MethodPost, "/v1/tasks/"+m.task+"/complete", m.etag, map[string]any{
		"outcome": "approved", "signature": map[string]any{"intent": m.intent, "username": m.who, "password": modeltest.Password},
	}, nil)
}

func (f *benchFloor) approval(_ context.Context, b *testing.B, client int) {
	b.Helper()
	f.decide(b, f.prepare(b, client))
}

func (f *benchFloor) get(path string) operation {
	return func(_ context.Context, b *testing.B, _ int) { f.call(b, "quinn", http.MethodGet, path, "", nil, nil) }
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
