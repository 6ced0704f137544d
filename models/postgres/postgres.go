// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package postgres keeps what Countersign records. Everything runs under row security of one organization at a time.
package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// DB is a pool of connections under the application's role, which owns nothing and cannot bypass row security.
type DB struct {
	pool *pgxpool.Pool
}

// Option sets something of the connections.
type Option func(*pgxpool.Config)

// Traced has every statement followed by tracer; by none where it is nil.
func Traced(tracer pgx.QueryTracer) Option {
	return func(cfg *pgxpool.Config) { cfg.ConnConfig.Tracer = tracer }
}

// Open connects and refuses a role that row security would not bind.
func Open(ctx context.Context, url string, maxConns int32, options ...Option) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	cfg.MaxConns = maxConns
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "countersign"
	// Our statements are short and reach their rows by index. Compiling them, or planning them anew for each value, costs more
	// than running them.
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	for _, set := range options {
		set(cfg)
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := &DB{pool: pool}
	if err := db.checkRole(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// checkRole refuses to run as a role that owns the tables, is a superuser or bypasses row security.
func (db *DB) checkRole(ctx context.Context) error {
	var role string
	var above, owns bool
	err := db.pool.QueryRow(ctx, `SELECT current_user, rolsuper OR rolbypassrls,
		EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'audit_events' AND tableowner = current_user)
		FROM pg_roles WHERE rolname = current_user`).Scan(&role, &above, &owns)
	if err != nil {
		return fmt.Errorf("ask the database who we are: %w", err)
	}
	if above || owns {
		return fmt.Errorf("refusing to run as database role %q: it owns the tables or bypasses row security; name the application role in DATABASE_URL", role)
	}
	return nil
}

// Close waits for the connections in use and closes the pool.
func (db *DB) Close() { db.pool.Close() }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.pool.Ping(ctx) }

// InOrg runs fn in one transaction that sees only org's rows.
func (db *DB) InOrg(ctx context.Context, org uuid.UUID, fn func(q *queries.Queries, tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.org', $1, true)", org.String()); err != nil {
			return fmt.Errorf("choose the organization: %w", err)
		}
		return fn(queries.New(tx), tx)
	})
}

// Organization finds an organization's id by its slug. pgx.ErrNoRows if there is none.
func (db *DB) Organization(ctx context.Context, slug string) (uuid.UUID, error) {
	var id uuid.UUID
	err := db.pool.QueryRow(ctx, "SELECT org_id FROM organization_slugs WHERE slug = $1", slug).Scan(&id)
	return id, err
}

// Organizations lists the ids of all organizations, for the sealer and the sweep, which go from one to the next.
func (db *DB) Organizations(ctx context.Context) ([]uuid.UUID, error) {
	rows, err := db.pool.Query(ctx, "SELECT org_id FROM organization_slugs ORDER BY org_id")
	if err != nil {
		return nil, fmt.Errorf("list organizations: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// one runs a query for one jsonb value in a transaction of its own and decodes it. SQL NULL leaves into untouched and says false.
func (db *DB) one(ctx context.Context, into any, sql string, args ...any) (bool, error) {
	var raw []byte
	if err := db.pool.QueryRow(ctx, sql, args...).Scan(&raw); err != nil {
		return false, err
	}
	if raw == nil {
		return false, nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return false, fmt.Errorf("decode database answer: %w", err)
	}
	return true, nil
}

// attempts bounds how often a transaction is run again after a conflict that Postgres resolved by refusing it.
const attempts = 5

// Write runs one command's transaction: it enters (locks and reads), lets decide say what changes, and applies it, in two round trips.
// decide may run more than once, each time on fresh facts, when Postgres breaks a deadlock or two equal commands race.
// A nil Changes rolls back. An error after the changes were sent means that they may or may not be in: the same command
// id finds out.
func (db *DB) Write(ctx context.Context, in Enter, decide func(*Facts) (*Changes, error)) error {
	request, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the command's locks: %w", err)
	}
	for try := 1; ; try++ {
		err := db.write(ctx, in, request, decide)
		switch {
		case err == nil:
			return nil
		case Unavailable(err):
			return fmt.Errorf("%w: %w", models.ErrUnavailable, err)
		case try == attempts || !conflict(err):
			return taken(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * 5 * time.Millisecond):
		}
	}
}

func (db *DB) write(ctx context.Context, in Enter, request []byte, decide func(*Facts) (*Changes, error)) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire a connection: %w", err)
	}
	// A connection released inside a transaction is closed by the pool, which rolls back.
	defer conn.Release()
	facts, err := enter(ctx, conn, in, request)
	if err != nil {
		return err
	}
	changes, err := decide(facts)
	if err != nil || changes == nil {
		return errors.Join(err, rollback(ctx, conn))
	}
	return apply(ctx, conn, changes)
}

func enter(ctx context.Context, conn *pgxpool.Conn, in Enter, request []byte) (*Facts, error) {
	var raw, named []byte
	var b pgx.Batch
	b.Queue("BEGIN")
	if in.Other != nil {
		b.Queue("SELECT named($1, $2, $3)", in.Org, *in.Other, in.At).QueryRow(func(row pgx.Row) error { return row.Scan(&named) })
	}
	b.Queue("SELECT enter($1::jsonb)", request).QueryRow(func(row pgx.Row) error { return row.Scan(&raw) })
	if err := conn.SendBatch(ctx, &b).Close(); err != nil {
		return nil, fmt.Errorf("lock and read: %w", err)
	}
	// Numbers of record data stay as they were written: content hashes are made of them.
	facts := Facts{conn: conn}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&facts); err != nil {
		return nil, fmt.Errorf("decode the facts: %w", err)
	}
	if named != nil {
		if err := json.Unmarshal(named, &facts.Named); err != nil {
			return nil, fmt.Errorf("decode what is named: %w", err)
		}
	}
	return &facts, nil
}

func apply(ctx context.Context, conn *pgxpool.Conn, changes *Changes) error {
	body, err := json.Marshal(changes)
	if err != nil {
		return errors.Join(fmt.Errorf("encode the changes: %w", err), rollback(ctx, conn))
	}
	var b pgx.Batch
	b.Queue("SELECT apply($1::jsonb)", body)
	b.Queue("COMMIT")
	if err := conn.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("apply the changes: %w", err)
	}
	return nil
}

func rollback(ctx context.Context, conn *pgxpool.Conn) error {
	if _, err := conn.Exec(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// conflict says whether running the transaction again on fresh facts may succeed: a broken deadlock, a serialization
// failure, or a unique key that an equal command took in between.
func conflict(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "23505"
}

// taken turns a name that is given once only, and a file that is gone, into an answer. Equal commands that race end here as well, but not after the
// last attempt: by then the first one's receipt has been found.
func taken(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.ConstraintName {
	case "record_files_file": // purged since the command looked
		return models.ErrNoUpload
	case "users_org_id_username_key":
		return models.InvalidField("username", "taken", "This username was used before: it is never given again (21 CFR 11.100(a)).")
	case "groups_org_id_name_key":
		return models.InvalidField("name", "taken", "Another group has this name.")
	}
	return err
}
