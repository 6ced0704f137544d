// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package modeltest gives tests a database of their own and a small world of people to act in it.
package modeltest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/postgres"
)

// DB is a database of one test: its pool under the application's role, and the addresses of its other roles.
type DB struct {
	*postgres.DB
	AppURL   string
	OwnerURL string
	AdminURL string // the database owner of the threat model: a superuser
}

// Admin connects as the superuser, for looking behind row security and for playing the owner of the threat model.
func (db *DB) Admin(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), db.AdminURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

var template = sync.OnceValues(makeTemplate)

// NewDB clones the migrated template database, and drops the clone when the test ends. It needs the addresses that
// deploy/devstack exports; a test run without them fails, because a skipped test would count as run.
func NewDB(t testing.TB) *DB {
	t.Helper()
	name, err := template()
	require.NoError(t, err, "prepare the template database; run the tests with: make test")
	clone := "test_" + random()
	ctx := context.Background()
	require.NoError(t, execAs(ctx, ownerURL(), fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", clone, name)))
	t.Cleanup(func() {
		// As the superuser, because autovacuum may be at work in it.
		if err := execAs(ctx, os.Getenv("DATABASE_ADMIN_URL"), fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", clone)); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	db := &DB{
		AppURL: inDatabase(os.Getenv("DATABASE_URL"), clone), OwnerURL: inDatabase(ownerURL(), clone),
		AdminURL: inDatabase(os.Getenv("DATABASE_ADMIN_URL"), clone),
	}
	db.DB, err = postgres.Open(ctx, db.AppURL, 20)
	require.NoError(t, err)
	t.Cleanup(db.Close)
	return db
}

func ownerURL() string { return os.Getenv("DATABASE_OWNER_URL") }

// makeTemplate migrates one database a test process, which its tests clone.
func makeTemplate() (string, error) {
	if ownerURL() == "" {
		return "", fmt.Errorf("DATABASE_OWNER_URL is not set")
	}
	ctx := context.Background()
	name := "template_" + random()
	if err := execAs(ctx, ownerURL(), "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return name, postgres.Migrate(ctx, inDatabase(ownerURL(), name))
}

func execAs(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", strings.Fields(sql)[0], err)
	}
	return nil
}

func inDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
