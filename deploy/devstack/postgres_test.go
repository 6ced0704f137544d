// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

// listen takes a port for the time of the test.
func listen(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", hostPort(0))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// Where no user postgres exists, root runs PostgreSQL as nobody. Another user than root has only himself.
func TestClusterRunsAsNobody(t *testing.T) {
	t.Parallel()
	acct := account{uid: nobody, gid: nobody, switched: true}
	if os.Geteuid() != 0 {
		acct = account{uid: os.Geteuid(), gid: os.Getegid()}
	}
	p, err := findPrograms(t.Context(), postgresAuto, 0, acct, t.TempDir(), progress{os.Stderr})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	c := &cluster{programs: p, acct: acct, dir: filepath.Join(dir, clusterName), logPath: filepath.Join(dir, "log"), password: "secret"}
	c.port, err = freePort()
	require.NoError(t, err)
	require.NoError(t, c.create(t.Context()))
	c.preload, err = c.canPreload(t.Context())
	require.NoError(t, err)

	// The number in a stale postmaster.pid may be another program's by now, such as this test's.
	stale := filepath.Join(c.dir, postmasterFile)
	require.NoError(t, os.WriteFile(stale, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600))
	require.NoError(t, acct.own(stale))
	server, err := c.launch(t.Context())
	require.NoError(t, err)
	defer server.end(stopPatience, syscall.SIGINT, syscall.SIGKILL)
	require.NoError(t, c.answers(t.Context()))

	info, err := os.Stat(c.dir)
	require.NoError(t, err)
	require.Equal(t, acct.uid, ownerOf(info))
	again, err := accountFor(c.dir)
	require.NoError(t, err)
	require.Equal(t, acct, again, "data stays with the account that made it")
	major, err := dataMajor(c.dir)
	require.NoError(t, err)
	require.Equal(t, p.major, major)
	wrong := *c
	wrong.password = "another"
	require.Error(t, wrong.answers(t.Context()), "the password counts")
}

func TestUsableRefusesWhatIsNotPostgres(t *testing.T) {
	t.Parallel()
	self, err := accountFor(filepath.Join(t.TempDir(), "none"))
	require.NoError(t, err)
	script := func(answer string) string {
		dir := t.TempDir()
		// The account must be able to enter: the test's own folders are closed.
		for d := dir; filepath.Dir(d) != os.TempDir() && d != filepath.Dir(d); d = filepath.Dir(d) {
			require.NoError(t, os.Chmod(d, 0o755))
		}
		require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
		for _, name := range []string{"initdb", "postgres", "pg_ctl"} {
			text := "#!/bin/sh\n" + answer + "\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
		}
		return dir
	}
	good, err := usable(t.Context(), script(`echo "$(basename $0) (PostgreSQL) 16.3"`), self)
	require.NoError(t, err)
	require.Equal(t, 16, good.major)
	for _, answer := range []string{"exit 1", `echo "postgres (PostgreSQL) 16.3"`, `echo hello`, ""} {
		_, err = usable(t.Context(), script(answer), self)
		require.ErrorContains(t, err, "for its version", answer)
	}
	_, err = usable(t.Context(), t.TempDir(), self)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestClosedParent(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.MkdirAll(filepath.Join(closed, "in"), 0o700))
	other := account{uid: os.Geteuid() + 4711, gid: os.Getegid() + 4711, switched: true}
	require.NotEmpty(t, other.closedParent(filepath.Join(closed, "in", "data")))
	require.Empty(t, other.closedParent("/data"))
	require.Empty(t, account{uid: os.Geteuid()}.closedParent(filepath.Join(closed, "in", "data")))
}
