// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Pool counts the active people under scope keys who are not barred, up to enough. It asks in the command's own transaction:
// another connection could wait for one that this command holds.
func (f *Facts) Pool(ctx context.Context, keys []string, barred []uuid.UUID, enough int) (int, error) {
	var n int
	if err := f.conn.QueryRow(ctx, "SELECT pool($1, $2, $3, $4)", f.Org.ID, keys, idArray(barred), enough).Scan(&n); err != nil {
		return 0, fmt.Errorf("count who could do it: %w", err)
	}
	return n, nil
}

// Similar finds earlier records that a record as it would stand may repeat, in the command's own transaction.
func (f *Facts) Similar(ctx context.Context, r *models.Record) ([]models.Similar, error) {
	rows, err := f.conn.Query(ctx, similarQuery, similarArgs(f.Org.ID, r)...)
	return similarRows(rows, err)
}

// Similar finds earlier records that a record may repeat: the likeliest first, maxSimilar at most.
func (db *DB) Similar(ctx context.Context, org uuid.UUID, r *models.Record) (found []models.Similar, err error) {
	err = db.Read(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, similarQuery, similarArgs(org, r)...)
		found, err = similarRows(rows, err)
		return err
	})
	return found, err
}

const similarQuery = `SELECT id, number, title, state, class, site, owner_id, reporter_id, aware_at, matches
	FROM similar_records($1, $2, $3, $4, $5, $6, $7)`

// maxSimilar is more than anybody reads, and says that it happens all the time.
const maxSimilar = 50

func similarArgs(org uuid.UUID, r *models.Record) []any {
	return []any{org, r.ID, r.Type, r.Class, r.Data, r.AwareAt, maxSimilar}
}

func similarRows(rows pgx.Rows, err error) ([]models.Similar, error) {
	if err != nil {
		return nil, fmt.Errorf("find similar records: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[models.Similar])
	if err != nil {
		return nil, fmt.Errorf("find similar records: %w", err)
	}
	return found, nil
}

// UnmannedTasks looks at the limit open tasks after one, in the order of site and age, and returns those that nobody may do, and
// the last one that it looked at, to go on from. Behind the end last is the zero value.
func (db *DB) UnmannedTasks(ctx context.Context, org uuid.UUID, after models.TaskPlace, limit int) (none []models.TaskPlace, last models.TaskPlace, err error) {
	err = db.Read(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT t.id, t.record_id, t.step, t.site, t.opened_at, pool($1,
				CASE WHEN t.assignee_id IS NULL THEN t.candidates ELSE ARRAY['u:' || t.assignee_id] END, t.barred, 1) > 0
			FROM (SELECT * FROM tasks WHERE org_id = $1 AND state = 'open' AND (site, opened_at, id) > ($2, $3, $4)
				ORDER BY site, opened_at, id LIMIT $5) t`, org, after.Site, after.OpenedAt, after.Task, limit)
		if err != nil {
			return err
		}
		seen := 0
		for ; rows.Next(); seen++ {
			var manned bool
			if err := rows.Scan(&last.Task, &last.Record, &last.Step, &last.Site, &last.OpenedAt, &manned); err != nil {
				return err
			}
			if !manned {
				none = append(none, last)
			}
		}
		if seen < limit {
			last = models.TaskPlace{}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, models.TaskPlace{}, fmt.Errorf("look for tasks that nobody may do: %w", err)
	}
	return none, last, nil
}
