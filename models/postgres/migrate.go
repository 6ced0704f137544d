// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// AppRole is the role that the application connects as. It owns nothing.
const AppRole = "countersign_app"

// Migrate brings the schema up to date as the database's owner and grants the application role what it needs: it may read
// and write rows, and never define, own or truncate anything. Two migrations at once wait for each other.
func Migrate(ctx context.Context, ownerURL string) error {
	db, err := sql.Open("pgx", ownerURL)
	if err != nil {
		return fmt.Errorf("open the database as its owner: %w", err)
	}
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("prepare the migration lock: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return grant(ctx, ownerURL)
}

// grant is run after every migration, so that a new table is never forgotten.
func grant(ctx context.Context, ownerURL string) error {
	conn, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("connect as the owner: %w", err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `
		DO $$ BEGIN
			IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'countersign_app') THEN
				CREATE ROLE countersign_app LOGIN NOSUPERUSER NOBYPASSRLS;
			END IF;
		END $$;
		GRANT USAGE ON SCHEMA public, reporting TO countersign_app;
		GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO countersign_app;
		GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO countersign_app;
		GRANT DELETE ON sessions, group_members, drafts, task_candidates, unsealed, awaiting, outbox, personal_values, absences, saved_views, record_traits, record_words TO countersign_app;
		REVOKE UPDATE ON audit_events, record_versions, signatures, decisions, leaves, tree_nodes, checkpoints, policy_decisions, policy_revisions,
			receipts, calendars, comments, files, record_files FROM countersign_app;
		REVOKE INSERT, UPDATE ON goose_db_version FROM countersign_app;
		GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO countersign_app;`)
	if err != nil {
		return fmt.Errorf("grant the application role: %w", err)
	}
	return nil
}
