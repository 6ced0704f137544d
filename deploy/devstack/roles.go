// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Roles and databases of the private PostgreSQL.
const (
	ownerRole    = "countersign_owner" // runs the migrations and owns every object
	appRole      = "countersign_app"   // what the server runs as: bound by row level security, owns nothing
	temporalRole = "temporal"

	appDatabase        = "countersign"
	temporalDatabase   = "temporal"
	visibilityDatabase = "temporal_visibility"
)

// Attributes of the roles. Not one of them is above row level security.
const (
	ownerAttributes = "LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS"
	plainAttributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
)

// ensureApp makes the roles, the database and the grants of Countersign what they should be, whatever they were.
func (c *cluster) ensureApp(ctx context.Context, pw passwords) error {
	conn, err := c.connect(ctx, "postgres")
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := ensureRole(ctx, conn, ownerRole, ownerAttributes, pw.Owner); err != nil {
		return err
	}
	if err := ensureRole(ctx, conn, appRole, plainAttributes, pw.App); err != nil {
		return err
	}
	if err := ensureDatabase(ctx, conn, appDatabase, ownerRole); err != nil {
		return err
	}
	if err := execAll(ctx, conn,
		"REVOKE ALL ON DATABASE "+appDatabase+" FROM PUBLIC",
		"GRANT CONNECT ON DATABASE "+appDatabase+" TO "+appRole,
		"GRANT pg_read_all_stats TO "+ownerRole,
	); err != nil {
		return err
	}
	return c.ensureStatements(ctx)
}

// ensureTemporal makes the role and the databases of the private Temporal server.
func (c *cluster) ensureTemporal(ctx context.Context, pw passwords) error {
	conn, err := c.connect(ctx, "postgres")
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := ensureRole(ctx, conn, temporalRole, plainAttributes, pw.Temporal); err != nil {
		return err
	}
	for _, name := range []string{temporalDatabase, visibilityDatabase} {
		if err := ensureDatabase(ctx, conn, name, temporalRole); err != nil {
			return err
		}
	}
	return nil
}

func ensureRole(ctx context.Context, conn *pgx.Conn, name, attributes, password string) error {
	exists, err := found(ctx, conn, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name)
	if err != nil {
		return err
	}
	if !exists {
		if err := execAll(ctx, conn, "CREATE ROLE "+name); err != nil {
			return err
		}
	}
	return execAll(ctx, conn, fmt.Sprintf("ALTER ROLE %s %s PASSWORD '%s'", name, attributes, strings.ReplaceAll(password, "'", "''")))
}

// ensureDatabase makes a database that belongs to owner, or to the current role when owner is empty.
func ensureDatabase(ctx context.Context, conn *pgx.Conn, name, owner string) error {
	exists, err := found(ctx, conn, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name)
	if err != nil || exists {
		return err
	}
	create := "CREATE DATABASE " + name
	if owner != "" {
		create += " OWNER " + owner
	}
	return execAll(ctx, conn, create)
}

// ensureStatements makes pg_stat_statements readable in the app's database, for the benchmark.
func (c *cluster) ensureStatements(ctx context.Context) error {
	if !c.preload {
		return nil
	}
	conn, err := c.connect(ctx, appDatabase)
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return execAll(ctx, conn, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
}

func found(ctx context.Context, conn *pgx.Conn, sql string, args ...any) (bool, error) {
	var yes bool
	if err := conn.QueryRow(ctx, sql, args...).Scan(&yes); err != nil {
		return false, fmt.Errorf("look up with %q: %w", sql, err)
	}
	return yes, nil
}

func execAll(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			head, _, _ := strings.Cut(sql, " PASSWORD ")
			return fmt.Errorf("run %q: %w", head, err)
		}
	}
	return nil
}

// connect opens a connection as superuser.
func (c *cluster) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, c.url(superuser, c.password, database))
}

// url is how a role reaches a database of the cluster.
func (c *cluster) url(role, password, database string) string {
	return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", role, password, hostPort(c.port), database)
}
