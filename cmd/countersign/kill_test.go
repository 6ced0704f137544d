// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// These tests kill the servers that other tests share, so they run alone: make test-kill.

//go:build kill

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

// A killable is the real program in a process of its own, over the world's database and the real engine, to be killed at any
// instant and started again on the same data.
type killable struct {
	*modeltest.World
	program string
	address string
	env     []string
	cmd     *exec.Cmd
	tokens  map[string]string
}

var buildProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "countersign-kill-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "countersign")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

func newKillable(t *testing.T) *killable {
	t.Helper()
	program, err := buildProgram()
	require.NoError(t, err)
	k := &killable{World: modeltest.NewWorld(t, nil), program: program, tokens: map[string]string{}}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	k.address = free.Addr().String()
	require.NoError(t, free.Close())
	k.env = append(os.Environ(), "DATABASE_URL="+k.DB.AppURL, "COUNTERSIGN_DATA="+k.Data, "COUNTERSIGN_LISTEN="+k.address,
		"TEMPORAL_TASK_QUEUE=kill-"+k.Slug, "TEMPORAL_WORKFLOW_TASK_TIMEOUT=2s", "COUNTERSIGN_SWEEP_EVERY=1s", "COUNTERSIGN_SWEEP_AFTER=3s")
	k.start(t)
	t.Cleanup(k.kill)
	for _, who := range slices.Sorted(maps.Keys(k.People)) {
		if who != "mes" {
			k.login(t, who)
		}
	}
	return k
}

// start runs the program and waits until it is ready.
func (k *killable) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(k.Data, "server.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer log.Close()
	k.cmd = exec.Command(k.program, "serve")
	k.cmd.Env, k.cmd.Stdout, k.cmd.Stderr = k.env, log, log
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, k.cmd.Start())
	require.Eventually(t, func() bool {
		res, err := http.Get("http://" + k.address + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, time.Minute, 50*time.Millisecond, "the program is not ready: see %s", log.Name())
}

// kill is kill -9: nothing is said goodbye to.
func (k *killable) kill() {
	if k.cmd != nil && k.cmd.Process != nil {
		_ = k.cmd.Process.Kill()
		_ = k.cmd.Wait()
	}
}

// send does one request. Status 0 means that no answer came.
func (k *killable) send(who, method, path, key, ifMatch string, body any) (int, []byte) {
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+k.address+path, bytes.NewReader(models.MustJSON(body)))
	if err != nil {
		return 0, nil
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	if t := k.tokens[who]; t != "" {
		req.Header.Set("Authorization", "Bearer "+t)
	}
	if ifMatch != "" {
		req.Header.Set("If-Match", ifMatch)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, raw
}

// insist sends a request with the same key until there is an answer that is known, as a client should.
func (k *killable) insist(t *testing.T, who, method, path, key, ifMatch string, body any) []byte {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for {
		status, raw := k.send(who, method, path, key, ifMatch, body)
		if status >= 200 && status < 300 {
			return raw
		}
		if (status != 0 && status != http.StatusServiceUnavailable && status != http.StatusInternalServerError) || time.Now().After(deadline) {
			t.Errorf("%s %s as %s: %d %s", method, path, who, status, raw)
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (k *killable) login(t *testing.T, who string) {
	t.Helper()
	var session struct{ Token string }
	raw := k.insist(t, "", http.MethodPost, "/v1/session", "login-"+who, "", map[string]any{
		"organization": k.Slug, "username": who, "password": modeltest.Password, "kind": "bearer",
	})
	require.NoError(t, json.Unmarshal(raw, &session))
	k.tokens[who] = session.Token
}

// record is what the test reads of one.
type recordView struct {
	ID      uuid.UUID
	State   string
	Version int
	Tasks   []struct {
		ID   uuid.UUID
		Step string
	}
}

func (k *killable) read(t *testing.T, id uuid.UUID) recordView {
	t.Helper()
	var r recordView
	raw := k.insist(t, "quinn", http.MethodGet, "/v1/records/"+id.String(), "read", "", struct{}{})
	require.NoError(t, json.Unmarshal(raw, &r))
	return r
}

func storyOf(t *testing.T, step string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "models", "packs", "testdata", "deviation."+step+".json"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	data, err := models.DecodeData(raw)
	require.NoError(t, err)
	return data
}

// file reports a deviation whose whole time is over in a few seconds, so that its due date passes while things are killed.
func (k *killable) file(t *testing.T, key string, due time.Time) uuid.UUID {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	data := storyOf(t, "report")
	aware := due.In(berlin).AddDate(0, 0, -30)
	for _, id := range []string{"aware_at", "discovered_at", "occurred_to", "occurred_from"} {
		data[id] = aware.UTC().Format(time.RFC3339)
	}
	data["late_reason"] = "The logbook was found on the last day."
	var r recordView
	raw := k.insist(t, "rita", http.MethodPost, "/v1/deviations", key, "", map[string]any{"site": modeltest.Berlin, "data": data})
	require.NoError(t, json.Unmarshal(raw, &r))
	return r.ID
}

// pending is a decision that is ready to be sent.
type pending struct {
	who, path, key, etag string
	body                 map[string]any
}

var killCast = map[string]string{
	models.StepTriage: "otto", models.StepAssessment: "otto", models.StepAssessmentApproval: "quinn", models.StepInvestigation: "ines",
	models.StepTechnicalApproval: "hana", models.StepDisposition: "quentin", models.StepCAPADecision: "otto",
	models.StepAuditTrailReview: "hugo", models.StepFinalApproval: "qadir", models.StepReportability: "helga",
}

// ready claims the next task of a record and opens its signing sheet, up to the decision itself. False if there is none.
func (k *killable) ready(t *testing.T, id uuid.UUID, round string) (string, pending, bool) {
	t.Helper()
	r := k.read(t, id)
	if len(r.Tasks) == 0 {
		return "", pending{}, false
	}
	task := r.Tasks[0]
	who := killCast[task.Step]
	path := "/v1/tasks/" + task.ID.String()
	key := func(what string) string { return what + "-" + task.ID.String() + round }
	k.insist(t, who, http.MethodPost, path+"/claim", key("claim"), "", struct{}{})
	body := map[string]any{"outcome": models.OutcomeDone}
	if data := storyOf(t, task.Step); data != nil {
		body["data"] = data
	}
	declared, _ := models.Deviation.Step(task.Step)
	if declared.Kind == models.KindApproval {
		body["outcome"] = models.OutcomeApproved
	}
	if declared.Kind == models.KindApproval || slices.Contains([]string{models.StepDisposition, models.StepReportability}, task.Step) {
		var sheet models.IntentResult
		require.NoError(t, json.Unmarshal(k.insist(t, who, http.MethodPost, path+"/signing", key("sheet"), "", body), &sheet))
		body["signature"] = map[string]any{"intent": sheet.Intent, "username": who, "password": modeltest.Password}
	}
	return task.Step, pending{who: who, path: path + "/complete", key: key("complete"), etag: strconv.Quote(strconv.Itoa(r.Version)), body: body}, true
}

func (k *killable) decide(t *testing.T, p pending) {
	t.Helper()
	k.insist(t, p.who, http.MethodPost, p.path, p.key, p.etag, p.body)
}

// steps a major deviation goes through, in the order in which its first open task comes.
const killSteps = 10

// TestKilledAtEveryStep holds one record at every step of the process, sends the decisions of all of them at once, and kills
// while they are under way: the program, then Temporal, then Postgres. Everything goes on, and nothing happened twice.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	k := newKillable(t)
	type victim struct {
		name  string
		delay time.Duration
		kill  func()
	}
	victims := []victim{
		{"the program at once", 0, k.kill},
		{"the program", 4 * time.Millisecond, k.kill},
		{"the program", 15 * time.Millisecond, k.kill},
		{"the program", 40 * time.Millisecond, k.kill},
		{"the program", 100 * time.Millisecond, k.kill},
		{"Temporal", 10 * time.Millisecond, func() { killServer(t, "temporal.pid") }},
		{"the program, then Temporal", 20 * time.Millisecond, func() { k.kill(); killServer(t, "temporal.pid") }},
		{"Postgres", 10 * time.Millisecond, func() { killServer(t, "postgres.pid") }},
	}
	var all []uuid.UUID
	for i, v := range victims {
		due := time.Now().Add(20 * time.Second)
		records := make([]uuid.UUID, killSteps)
		decisions := make([]pending, killSteps)
		var wg sync.WaitGroup
		for n := range records {
			wg.Go(func() {
				records[n] = k.file(t, fmt.Sprintf("file-%d-%d", i, n), due)
				for range n {
					if _, p, ok := k.ready(t, records[n], ""); ok {
						k.decide(t, p)
					}
				}
				_, decisions[n], _ = k.ready(t, records[n], "")
			})
		}
		wg.Wait()
		require.False(t, t.Failed())
		for n := range decisions {
			wg.Go(func() { k.decide(t, decisions[n]) })
		}
		time.Sleep(v.delay)
		v.kill()
		if strings.HasPrefix(v.name, "the program") {
			k.start(t)
		}
		wg.Wait()
		require.False(t, t.Failed(), "after killing %s at %s", v.name, v.delay)
		all = append(all, records...)
	}
	k.finish(t, all)
	k.once(t, all)
}

// finish plays every record to its closure: that it can be is the proof that no process was left behind.
func (k *killable) finish(t *testing.T, records []uuid.UUID) {
	t.Helper()
	var wg sync.WaitGroup
	gate := make(chan struct{}, 8)
	for _, id := range records {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			deadline := time.Now().Add(2 * time.Minute)
			for time.Now().Before(deadline) && !t.Failed() {
				_, p, ok := k.ready(t, id, "")
				if ok {
					k.decide(t, p)
					continue
				}
				if k.read(t, id).State == models.StateClosed {
					return
				}
				time.Sleep(200 * time.Millisecond) // the sweep is on its way
			}
			t.Errorf("record %s was left behind in %s", id, k.read(t, id).State)
		})
	}
	wg.Wait()
	require.False(t, t.Failed())
}

// once says that of everything there is one: one task a slot, one decision a task, one signature a signed decision, one audit
// event a command, one firing a rung, and no gap in any record's sequence; and that the whole log verifies.
func (k *killable) once(t *testing.T, records []uuid.UUID) {
	t.Helper()
	ctx := context.Background()
	conn := k.DB.Admin(t)
	for what, sql := range map[string]string{
		"tasks of one slot":            `SELECT count(*) FROM (SELECT 1 FROM tasks GROUP BY record_id, step, round, slot HAVING count(*) > 1) x`,
		"rounds that nobody asked for": `SELECT count(*) FROM steps WHERE round > 1`,
		"tasks without a decision":     `SELECT count(*) FROM tasks t WHERE state = 'done' AND (SELECT count(*) FROM decisions d WHERE d.task_id = t.id) <> 1`,
		"decisions without signature":  `SELECT count(*) FROM tasks t JOIN decisions d ON d.task_id = t.id WHERE t.meaning <> '' AND (SELECT count(*) FROM signatures s WHERE s.task_id = t.id) <> 1`,
		"events of one command":        `SELECT count(*) FROM (SELECT 1 FROM audit_events WHERE command_id <> '00000000-0000-0000-0000-000000000000' GROUP BY command_id HAVING count(*) > 1) x`,
		"gaps in a sequence":           `SELECT count(*) FROM (SELECT 1 FROM audit_events WHERE record_id IS NOT NULL GROUP BY record_id HAVING max(seq) <> count(*)) x`,
		"refusals":                     `SELECT count(*) FROM audit_events WHERE outcome = 'refused'`,
		"records with a mark left":     `SELECT count(*) FROM awaiting`,
	} {
		require.Eventually(t, func() bool {
			var n int
			require.NoError(t, conn.QueryRow(ctx, sql).Scan(&n))
			return n == 0
		}, 30*time.Second, 200*time.Millisecond, what)
	}
	var closed, due, dueRecords int
	require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FROM records WHERE state = 'closed'`).Scan(&closed))
	require.Equal(t, len(records), closed)
	require.NoError(t, conn.QueryRow(ctx, `SELECT count(*), count(DISTINCT record_id) FROM audit_events
		WHERE action = 'clock.due' AND convert_from(leaf, 'UTF8') LIKE '%"step":""%'`).Scan(&due, &dueRecords))
	require.Equal(t, dueRecords, due, "a due date passes once")
	require.Positive(t, due)

	require.NoError(t, sealerOf(k.World).Seal(ctx, k.Org))
	report, err := k.DB.VerifyLog(ctx, k.Org, ledger.Options{Now: time.Now()})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
}

// killServer kills a server of the development stack, which brings it up again on the same data.
func killServer(t *testing.T, pidFile string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(os.Getenv("DEVSTACK_DATA"), pidFile))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
}
