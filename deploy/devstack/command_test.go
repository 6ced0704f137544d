// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSignalsAndExitCodesPass(t *testing.T) {
	t.Parallel()
	named := []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/none", "TEMPORAL_ADDRESS=127.0.0.1:1"}
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		target string
		want   int
	}{
		{"SIGTERM to devstack reaches the command", syscall.SIGTERM, "devstack", exitOnTerm},
		{"SIGTERM to the command", syscall.SIGTERM, "command", exitOnTerm},
		{"SIGKILL to the command", syscall.SIGKILL, "command", exitSignal + int(syscall.SIGKILL)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := begin(t, named, "--ephemeral")
			pid := r.cmd.Process.Pid
			if c.target == "command" {
				pid = number(t, r.env["HOLD_PID"])
			}
			require.NoError(t, syscall.Kill(pid, c.signal))
			require.Equal(t, c.want, r.wait(t))
		})
	}
}

func TestSignalBeforeTheCommandTakesTheStackDown(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	require.NoError(t, os.Chmod(tmp, 0o755))
	stderr := &lockedBuffer{}
	cmd := exec.Command(os.Args[0], "devstack", "--ephemeral", "--fast", "--", "true")
	cmd.Env = append(cleanEnvironment(), "TMPDIR="+tmp)
	cmd.Stderr = stderr
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return strings.Contains(stderr.String(), "starting Temporal") },
		patience, 5*time.Millisecond)
	dirs, err := filepath.Glob(filepath.Join(tmp, ephemeralPrefix+"*", clusterName))
	require.NoError(t, err)
	require.Len(t, dirs, 1)
	servers := postgresIn(dirs[0])
	require.NotEmpty(t, servers)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.Error(t, cmd.Wait())
	require.Equal(t, exitSignal+int(syscall.SIGINT), exitCode(cmd.ProcessState), stderr)
	requireGone(t, servers...)
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestRefusalsNameTheFlag(t *testing.T) {
	t.Parallel()
	busy := listen(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--ephemeral"}, exitFailed, "no command"},
		{[]string{"--ephemeral", "--data", "x", "--", "true"}, exitFailed, "--ephemeral and --data exclude each other"},
		{[]string{"--fast", "--", "true"}, exitFailed, "--fast is for --ephemeral only"},
		{[]string{"--retention", "1h", "--", "true"}, exitFailed, "--retention 1h0m0s"},
		{[]string{"--postgres", "ours", "--", "true"}, exitFailed, "--postgres \"ours\""},
		{[]string{"--ui-port", "70000", "--", "true"}, exitFailed, "--ui-port 70000"},
		{[]string{"--nonsense", "--", "true"}, exitFailed, "-nonsense"},
		{[]string{"--ephemeral", "--", "no-such-command"}, exitNotFound, "no-such-command"},
		{[]string{"--ephemeral", "--postgres-port", busy, "--", "true"}, exitFailed, "choose another with --postgres-port N"},
	} {
		var stderr strings.Builder
		code := run(c.args, func(string) string { return "" }, &stderr)
		require.Equal(t, c.code, code, stderr.String())
		require.Contains(t, stderr.String(), c.want)
	}
	_, err := claimPort(number(t, busy), "--temporal-port", "Temporal")
	require.ErrorContains(t, err, "port "+busy+", wanted for Temporal, is taken: choose another with --temporal-port N")
}

func TestUnreachableDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": "postgres://me:secret@127.0.0.1:1/none"}
	var stderr strings.Builder
	code := run([]string{"--ephemeral", "--", "true"}, func(key string) string { return env[key] }, &stderr)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr.String(), "connect to DATABASE_URL")
	require.NotContains(t, stderr.String(), "secret")
}
