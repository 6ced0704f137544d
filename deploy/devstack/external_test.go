// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatTheEnvironmentNamesIsNotStarted(t *testing.T) {
	t.Parallel()
	const nowhere = "127.0.0.1:1"
	postgres := begin(t, []string{"TEMPORAL_ADDRESS=" + nowhere}, "--ephemeral", "--fast")
	require.Equal(t, nowhere, postgres.env["TEMPORAL_ADDRESS"])
	require.NotContains(t, postgres.stderr.String(), "starting Temporal")
	databases := "SELECT datname::text FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
	require.Equal(t, "countersign", postgres.mustQuery(t, "DATABASE_ADMIN_URL", databases))

	both := begin(t, []string{"DATABASE_URL=" + postgres.env["DATABASE_URL"], "TEMPORAL_ADDRESS=" + nowhere}, "--ephemeral")
	require.Equal(t, postgres.env["DATABASE_URL"], both.env["DATABASE_URL"])
	require.NotContains(t, both.env, "DEVSTACK_DATA")
	require.Empty(t, both.stderr.String())
	require.Equal(t, 5, both.finish(t, 5))

	// A role that may create databases gets Temporal's beside its own ...
	owner := begin(t, []string{"DATABASE_URL=" + postgres.env["DATABASE_OWNER_URL"]}, "--ephemeral")
	require.Equal(t, postgres.env["DATABASE_OWNER_URL"], owner.env["DATABASE_URL"])
	require.NotContains(t, owner.env, "DEVSTACK_POSTGRES_PID")
	require.Equal(t, "countersign,temporal,temporal_visibility", postgres.mustQuery(t, "DATABASE_ADMIN_URL", databases))
	requireNamespace(t, owner.env)
	require.Equal(t, 0, owner.finish(t, 0))

	// ... and one that may not gets a private server for them, and is told so.
	app := begin(t, []string{"DATABASE_URL=" + postgres.env["DATABASE_URL"]}, "--ephemeral", "--fast")
	require.Equal(t, postgres.env["DATABASE_URL"], app.env["DATABASE_URL"])
	require.NotContains(t, app.env, "DATABASE_ADMIN_URL")
	require.Contains(t, app.stderr.String(), "may not create databases")
	require.Contains(t, app.stderr.String(), "starting a private PostgreSQL for it")
	requireNamespace(t, app.env)
	require.Equal(t, 0, app.finish(t, 0))
	require.Equal(t, 0, postgres.finish(t, 0))
}

func TestSQLTargetOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, addr, user, sslmode, refusal string }{
		{url: "postgres://me:secret@db.example:6432/app", addr: "db.example:6432", user: "me", sslmode: "prefer"},
		{url: "postgresql://a%40b:x@db/app?sslmode=verify-full&pool_max_conns=4", addr: "db:5432", user: "a%40b", sslmode: "verify-full"},
		{url: "host=db user=me", refusal: "not of the form"},
		{url: "postgres:///app?host=/var/run/postgresql", refusal: "socket or several hosts"},
		{url: "postgres://me@one:1,two:2/app", refusal: "socket or several hosts"},
	} {
		target, err := sqlTargetOf(c.url)
		if c.refusal != "" {
			require.ErrorContains(t, err, c.refusal, c.url)
			continue
		}
		require.NoError(t, err, c.url)
		require.Equal(t, c.addr, target.Addr, c.url)
		require.Equal(t, c.user, target.User, c.url)
		require.Equal(t, c.sslmode, target.Attributes["sslmode"], c.url)
		require.NotContains(t, target.Attributes, "pool_max_conns", c.url)
	}
}
