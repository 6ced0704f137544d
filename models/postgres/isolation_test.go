// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// shared is the one table with org_id that everybody may read: login names an organization by its slug before it is known.
var shared = []string{"organization_slugs"}

// immutable are the tables whose rows nobody changes or removes once they are written.
var immutable = []string{
	"audit_events", "record_versions", "signatures", "decisions", "leaves", "tree_nodes", "checkpoints", "policy_decisions", "receipts", "calendars", "comments",
	"record_files",
}

// kept are the tables whose rows live on and are never removed.
var kept = []string{"records", "tasks", "steps", "intents", "users", "grants", "signing_keys", "organizations", "sites", "links"}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}

// tables lists every table with org_id from the catalogue, so that a new one cannot be forgotten here.
func tables(t testing.TB, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped ORDER BY 1`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Greater(t, len(names), 30)
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(shared, name) })
}

// twoOrganizations has rows of both in every table. One organization is played; what matters of the others' rows is only whose
// they are, so that they need nothing but that.
func twoOrganizations(t testing.TB) (s *story, mine, theirs uuid.UUID) {
	t.Helper()
	s = newStory(t, 1)
	mine, theirs = s.Org, models.NewID()
	admin := connect(t, s.DB.AdminURL)
	exec(t, admin, "SET session_replication_role = replica")
	for _, table := range tables(t, admin) {
		exec(t, admin, fmt.Sprintf(`DO $do$
			DECLARE name text;
			BEGIN
				FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = '%[1]s'::regclass LOOP
					EXECUTE format('ALTER TABLE %[1]s DROP CONSTRAINT IF EXISTS %%I CASCADE', name);
				END LOOP;
				FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = '%[1]s'::regclass AND attnum > 0 AND attnotnull AND attidentity = '' LOOP
					EXECUTE format('ALTER TABLE %[1]s ALTER COLUMN %%I DROP NOT NULL', name);
				END LOOP;
				INSERT INTO %[1]s (org_id) VALUES ('%[2]s'), ('%[3]s');
			END $do$`, table, mine, theirs))
	}
	return s, mine, theirs
}

func exec(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(context.Background(), sql)
	require.NoError(t, err, sql)
}

func count(t testing.TB, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, conn.QueryRow(context.Background(), sql, args...).Scan(&n), sql)
	return n
}

func TestNoSQLOfTheApplicationReachesAnotherOrganization(t *testing.T) {
	t.Parallel()
	s, mine, theirs := twoOrganizations(t)
	admin, app := connect(t, s.DB.AdminURL), connect(t, s.DB.AppURL)
	for _, table := range tables(t, admin) {
		require.Positive(t, count(t, admin, "SELECT count(*) FROM "+table+" WHERE org_id = $1", theirs), "%s: there is something to hide", table)
		require.Equal(t, 1, count(t, admin, `SELECT count(*) FROM pg_class WHERE oid = $1::regclass AND relrowsecurity AND relforcerowsecurity`, table),
			"%s: row security, for its owner too", table)

		exec(t, app, "RESET app.org")
		require.Zero(t, count(t, app, "SELECT count(*) FROM "+table), "%s: without an organization", table)
		exec(t, app, "SET app.org = ''")
		require.Zero(t, count(t, app, "SELECT count(*) FROM "+table), "%s: on a connection that was used before", table)

		exec(t, app, fmt.Sprintf("SET app.org = '%s'", mine))
		require.Positive(t, count(t, app, "SELECT count(*) FROM "+table), "%s: its own", table)
		require.Zero(t, count(t, app, "SELECT count(*) FROM "+table+" WHERE org_id IS DISTINCT FROM $1", mine), table)
		require.Zero(t, count(t, app, "SELECT count(*) FROM "+table+" WHERE org_id = $1", theirs), "%s: asked for by id", table)
		untouched(t, app, table, theirs)
	}
}

// untouched tries to write into another organization's rows: they are not there, or it is refused.
func untouched(t testing.TB, app *pgx.Conn, table string, theirs uuid.UUID) {
	t.Helper()
	for _, sql := range []string{
		"UPDATE " + table + " SET org_id = org_id WHERE org_id = $1",
		"DELETE FROM " + table + " WHERE org_id = $1",
		fmt.Sprintf("INSERT INTO %s (org_id) VALUES ($1)", table),
	} {
		tag, err := app.Exec(context.Background(), sql, theirs)
		if err == nil {
			require.Zero(t, tag.RowsAffected(), sql)
			continue
		}
		requireDenied(t, err, sql)
	}
}

// requireDenied wants a refusal: by privilege, by row security, or by a trigger, which all say insufficient_privilege.
func requireDenied(t testing.TB, err error, what string) {
	t.Helper()
	var refused *pgconn.PgError
	require.ErrorAs(t, err, &refused, what)
	require.Equal(t, "42501", refused.Code, "%s: %s", what, refused.Message)
}

func TestWhatWasRecordedIsNeverChangedOrRemoved(t *testing.T) {
	t.Parallel()
	s, mine, _ := twoOrganizations(t)
	for role, url := range map[string]string{"application": s.DB.AppURL, "owner": s.DB.OwnerURL} {
		conn := connect(t, url)
		exec(t, conn, fmt.Sprintf("SET app.org = '%s'", mine))
		refused := func(sql string) {
			_, err := conn.Exec(context.Background(), sql)
			requireDenied(t, err, role+": "+sql)
		}
		for _, table := range append(kept, immutable...) {
			require.Positive(t, count(t, conn, "SELECT count(*) FROM "+table), "%s: it sees what it may not remove", table)
			refused("DELETE FROM " + table)
			refused("TRUNCATE " + table)
			refused("TRUNCATE " + table + " CASCADE")
		}
		for _, table := range immutable {
			refused("UPDATE " + table + " SET org_id = org_id")
		}
	}
}

// An intent is used once, and that is all that ever happens to it.
func TestAnIntentStaysAsItWasShown(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	admin := connect(t, s.DB.AdminURL)
	exec(t, admin, "SET session_replication_role = replica")
	for role, url := range map[string]string{"application": s.DB.AppURL, "owner": s.DB.OwnerURL} {
		conn := connect(t, url)
		exec(t, conn, fmt.Sprintf("SET app.org = '%s'", s.Org))
		refused := func(change string) {
			tag, err := conn.Exec(context.Background(), "UPDATE intents SET "+change)
			require.Zero(t, tag.RowsAffected())
			requireDenied(t, err, role+": "+change)
		}
		exec(t, admin, "UPDATE intents SET used_at = now()")
		for _, change := range []string{"used_at = NULL", "used_at = now() + interval '1 second'", "view = 'x'", "bytes = bytes", "id = id"} {
			refused(change)
		}
		exec(t, admin, "UPDATE intents SET used_at = NULL")
		for _, change := range []string{"view = 'x'", "view = 'x', used_at = now()", "request = '{}', used_at = now()", "signer_id = gen_random_uuid(), used_at = now()", "id = id"} {
			refused(change)
		}
		exec(t, conn, "UPDATE intents SET used_at = now()")
		require.Positive(t, count(t, conn, "SELECT count(*) FROM intents WHERE used_at IS NOT NULL"), role)
	}
}

func TestTheApplicationDefinesNothing(t *testing.T) {
	t.Parallel()
	db := modeltest.NewDB(t)
	app := connect(t, db.AppURL)
	for _, sql := range []string{
		"ALTER TABLE audit_events DISABLE TRIGGER ALL",
		"ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY",
		"DROP POLICY tenant ON audit_events",
		"DROP TRIGGER immutable_rows ON audit_events",
		"SET session_replication_role = replica",
		"SET ROLE countersign_owner",
	} {
		_, err := app.Exec(context.Background(), sql)
		requireDenied(t, err, sql)
	}
}
