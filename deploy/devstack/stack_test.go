// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// patience bounds each wait of the tests, on a machine that others use too.
const patience = time.Minute

// running is a devstack with a COMMAND that holds it open.
type running struct {
	cmd    *exec.Cmd
	env    map[string]string
	stdin  io.WriteCloser
	stderr *lockedBuffer
	exited chan error
}

// begin starts devstack around COMMAND hold, with vars ("NAME=value") in its environment.
func begin(t *testing.T, vars []string, flags ...string) *running {
	t.Helper()
	r := &running{stderr: &lockedBuffer{}, exited: make(chan error, 1)}
	args := append([]string{"devstack"}, flags...)
	r.cmd = exec.Command(os.Args[0], append(args, "--", os.Args[0], "hold")...)
	r.cmd.Env = append(cleanEnvironment(), vars...)
	r.cmd.Stderr = r.stderr
	var err error
	r.stdin, err = r.cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	t.Cleanup(func() {
		// A test that failed half way must leave nothing running either.
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		_ = r.stdin.Close()
	})

	var env []string
	decoded := json.NewDecoder(stdout).Decode(&env)
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		r.exited <- r.cmd.Wait()
	}()
	require.NoError(t, decoded, "devstack did not come up: %s", r.stderr)
	r.env = map[string]string{}
	for _, kv := range env {
		key, value, _ := strings.Cut(kv, "=")
		r.env[key] = value
	}
	return r
}

// cleanEnvironment is the test's own without what a surrounding devstack has set.
func cleanEnvironment() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "DATABASE_") && !strings.HasPrefix(kv, "TEMPORAL_") && !strings.HasPrefix(kv, "DEVSTACK_") {
			env = append(env, kv)
		}
	}
	return env
}

// finish makes COMMAND exit with code and returns devstack's own exit code.
func (r *running) finish(t *testing.T, code int) int {
	t.Helper()
	_, err := fmt.Fprintln(r.stdin, code)
	require.NoError(t, err)
	return r.wait(t)
}

func (r *running) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-r.exited:
	case <-time.After(patience):
		require.FailNow(t, "devstack does not end", "%s", r.stderr)
	}
	return exitCode(r.cmd.ProcessState)
}

func (r *running) pid(t *testing.T, server string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.env["DEVSTACK_DATA"], server+".pid"))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	require.NoError(t, err)
	return pid
}

func (r *running) clusterDir() string { return filepath.Join(r.env["DEVSTACK_DATA"], clusterName) }

// query runs one statement as the role of the named variable and returns what the single column says.
func (r *running) query(t *testing.T, variable, sql string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, r.env[variable])
	if err != nil {
		return "", err
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return "", err
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(values, ","), err
}

func (r *running) mustQuery(t *testing.T, variable, sql string) string {
	t.Helper()
	value, err := r.query(t, variable, sql)
	require.NoError(t, err, sql)
	return value
}

func (r *running) exec(t *testing.T, variable, sql string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.env[variable])
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), sql)
	return err
}

// lockedBuffer collects stderr while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func requireGone(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		require.Eventually(t, func() bool { return !alive(pid) }, patience, 20*time.Millisecond, "pid %d is still there", pid)
	}
}

func TestEverythingIsThereAndThenGone(t *testing.T) {
	t.Parallel()
	port, err := freePort()
	require.NoError(t, err)
	r := begin(t, nil, "--ephemeral", "--ui-port", strconv.Itoa(port))

	require.Equal(t, "countersign_app", r.mustQuery(t, "DATABASE_URL", "SELECT current_user::text"))
	require.Equal(t, "countersign", r.mustQuery(t, "DATABASE_OWNER_URL",
		"SELECT datname::text FROM pg_database WHERE datdba = current_user::regrole"))
	require.Equal(t, "on", r.mustQuery(t, "DATABASE_ADMIN_URL", "SHOW is_superuser"))
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on",
		"server_encoding": "UTF8", "lc_collate": "C", "listen_addresses": loopback, "max_connections": "200",
	} {
		require.Equal(t, want, r.mustQuery(t, "DATABASE_URL", "SELECT current_setting('"+setting+"')"), setting)
	}
	require.Equal(t, "false,false,false,false", r.mustQuery(t, "DATABASE_URL", `SELECT unnest(ARRAY[rolsuper, rolbypassrls,
		rolcreatedb, rolcreaterole])::text FROM pg_roles WHERE rolname = current_user`))
	require.ErrorContains(t, r.exec(t, "DATABASE_URL", "CREATE TABLE mine()"), "permission denied")
	require.NoError(t, r.exec(t, "DATABASE_OWNER_URL", "CREATE TABLE theirs()"))
	require.NoError(t, r.exec(t, "DATABASE_OWNER_URL", "CREATE DATABASE a_clone TEMPLATE template0"))
	require.NoError(t, r.exec(t, "DATABASE_OWNER_URL", "SELECT count(*) FROM pg_stat_statements"))

	require.Equal(t, "countersign", r.env["TEMPORAL_NAMESPACE"])
	requireNamespace(t, r.env)
	w := startWaiting(t, r.env, "there")
	w.signal(t)
	w.requireDone(t)
	response, err := http.Get(r.env["TEMPORAL_UI_URL"])
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)

	postgres, temporal := r.pid(t, "postgres"), r.pid(t, "temporal")
	require.Equal(t, strconv.Itoa(postgres), r.env["DEVSTACK_POSTGRES_PID"])
	require.Contains(t, postgresIn(r.clusterDir()), postgres)
	all := append(postgresIn(r.clusterDir()), temporal)
	require.Equal(t, 7, r.finish(t, 7))
	for _, pid := range all {
		require.False(t, alive(pid), "pid %d is still there", pid)
	}
	require.NoDirExists(t, r.env["DEVSTACK_DATA"])
}

func TestKilledServersComeBack(t *testing.T) {
	t.Parallel()
	r := begin(t, nil, "--ephemeral")
	require.NoError(t, r.exec(t, "DATABASE_OWNER_URL", "CREATE TABLE kept AS SELECT 'here' AS word"))
	w := startWaiting(t, r.env, "through the kills")

	// A backend that computes does not look whether its postmaster lives, and keeps the next one from starting.
	busy, err := pgx.Connect(t.Context(), r.env["DATABASE_URL"])
	require.NoError(t, err)
	go busy.Exec(t.Context(), "SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS streamed")
	require.Eventually(t, func() bool {
		return r.mustQuery(t, "DATABASE_ADMIN_URL",
			"SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1, 1%'") == "2"
	}, patience, 50*time.Millisecond)

	for _, victims := range [][]string{{"postgres"}, {"temporal"}, {"temporal", "postgres"}} {
		before := map[string]int{}
		for _, name := range victims {
			before[name] = r.pid(t, name)
			require.NoError(t, syscall.Kill(before[name], syscall.SIGKILL))
		}
		for _, name := range victims {
			require.Eventually(t, func() bool { return r.pid(t, name) != before[name] }, patience, 20*time.Millisecond,
				"%s is not started again: %s", name, r.stderr)
		}
		require.Equal(t, "here", r.mustQuery(t, "DATABASE_OWNER_URL", "SELECT word FROM kept"))
	}
	w.signal(t)
	w.requireDone(t)
	require.Contains(t, r.stderr.String(), "PostgreSQL is back after")
	require.Contains(t, r.stderr.String(), "Temporal is back after")
	require.Equal(t, 0, r.finish(t, 0))
}

func TestKilledDevstackStartsAgainOnItsData(t *testing.T) {
	t.Parallel()
	// The account that runs PostgreSQL for root cannot enter here, as in a checkout below /root.
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	flags := []string{"--data", filepath.Join(closed, "data"), "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0"}

	first := begin(t, nil, flags...)
	require.NoError(t, first.exec(t, "DATABASE_OWNER_URL", "CREATE TABLE kept AS SELECT 'here' AS word"))
	waiting := startWaiting(t, first.env, "through the restart")
	waiting.worker.Stop()
	servers := append(postgresIn(first.clusterDir()), first.pid(t, "temporal"))

	second := exec.Command(os.Args[0], append(append([]string{"devstack"}, flags...), "--", "true")...)
	second.Env = cleanEnvironment()
	refusal, err := second.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(refusal), "in use by another devstack (pid "+strconv.Itoa(first.cmd.Process.Pid)+")")

	require.NoError(t, first.cmd.Process.Kill())
	first.wait(t)
	third := begin(t, nil, flags...)
	requireGone(t, servers...)
	require.Equal(t, "here", third.mustQuery(t, "DATABASE_OWNER_URL", "SELECT word FROM kept"))
	resumed := resumeWaiting(t, third.env, "through the restart")
	resumed.signal(t)
	resumed.requireDone(t)
	require.Equal(t, 3, third.finish(t, 3))
	require.DirExists(t, third.clusterDir())
	require.Empty(t, postgresIn(third.clusterDir()))
}

func TestEmbeddedPostgresAndFast(t *testing.T) {
	t.Parallel()
	r := begin(t, []string{"DEVSTACK_POSTGRES=embedded"}, "--ephemeral", "--fast")
	require.Contains(t, r.mustQuery(t, "DATABASE_URL", "SHOW server_version"), strconv.Itoa(embeddedMajor)+".")
	require.Equal(t, "off", r.mustQuery(t, "DATABASE_URL", "SHOW fsync"))
	requireNamespace(t, r.env)
	require.Equal(t, 0, r.finish(t, 0))
}
