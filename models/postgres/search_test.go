// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
)

// searched is a world of more open tasks than a search names: a third of the titles have "pump", a third have "tablet", none has
// both, and one in five hundred of all has "valve". COUNTERSIGN_SEARCH_ROWS makes more of them.
func searched(t *testing.T) (w *modeltest.World, size int) {
	t.Helper()
	w = modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	size = 20_000
	if rows, err := strconv.Atoi(os.Getenv("COUNTERSIGN_SEARCH_ROWS")); err == nil {
		size = rows
	}
	require.NoError(t, w.Seed(t.Context(), "request", "approval", size))
	conn := w.DB.Admin(t)
	for _, sql := range []string{
		"SET session_replication_role = replica", // each title by itself takes its time
		`UPDATE records SET title = title || (ARRAY['', ' pump', ' tablet'])[1 + substr(number, 6)::int % 3]
			|| CASE WHEN substr(number, 6)::int % 500 = 0 THEN ' valve' ELSE '' END`,
		"INSERT INTO record_words SELECT r.org_id, w, r.id FROM records r CROSS JOIN LATERAL unnest(words_of(r.title)) w ON CONFLICT DO NOTHING",
		"VACUUM ANALYZE records, record_words",
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	return w, size
}

// filter is a box of Quinn's, who reads all sites, or of Rita's, who reported everything.
func filter(w *modeltest.World, box, query string) postgres.TaskFilter {
	f := postgres.TaskFilter{
		Box: box, Me: w.People["quinn"], Keys: []string{models.RoleKey(models.RoleQA, models.AllSites)}, Records: []string{"all"}, Query: query,
	}
	if box == postgres.BoxWaiting {
		f.Me = w.People["rita"]
	}
	return f
}

// TestASearchReadsNoMoreThanItsPage finds what one record has, what some have, what all have and what no two have together, among
// tasks and among records, and prints what it took.
func TestASearchReadsNoMoreThanItsPage(t *testing.T) {
	t.Parallel()
	w, size := searched(t)
	page := postgres.Page{Sort: postgres.Sort{Column: "due_at"}, Limit: 50}
	for _, tt := range []struct {
		box, query string
		found      int
		more       bool
	}{
		{"group", "11777", 1, false}, {"group", "seeded", 50, true}, {"group", "record 11777", 1, false}, {"group", "SEEDED 1177", 11, false},
		{"group", "record 1", 50, true}, {"group", "nowhere", 0, false}, {"group", "seeded nowhere", 0, false}, {"mine", "seeded", 0, false},
		{"all", "11777", 1, false}, {"all", "seeded", 50, true}, {"waiting", "11777", 1, false},
		{"group", "pump", 50, true}, {"group", "pump tablet", 0, false}, {"all", "tab pum", 0, false}, {"group", "pump valve", 13, false},
		{"group", "seeded record pump", 50, true},
	} {
		if size != 20_000 && !tt.more && tt.found > 0 {
			continue
		}
		began := time.Now()
		tasks, more, err := w.DB.Tasks(t.Context(), w.Org, filter(w, tt.box, tt.query), page)
		took := time.Since(began)
		require.NoError(t, err)
		require.Len(t, tasks, tt.found, "%s %q", tt.box, tt.query)
		require.Equal(t, tt.more, more)
		records := 0
		if tt.box != postgres.BoxMine {
			began = time.Now()
			rows, more, err := w.DB.Records(t.Context(), w.Org, postgres.RecordFilter{Keys: []string{"all"}, Query: tt.query}, page)
			require.NoError(t, err)
			require.Len(t, rows, tt.found, "records %q", tt.query)
			require.Equal(t, tt.more, more)
			records = len(rows)
		}
		t.Logf("%s %q: %d of %d in %s, and %d records in %s", tt.box, tt.query, len(tasks), size, took, records, time.Since(began))
	}
	namesWhatWordsShare(t, w, size)
}

// What common words have in common is found by the words alone. Where that was not so, each row of the list was looked at.
func namesWhatWordsShare(t *testing.T, w *modeltest.World, size int) {
	t.Helper()
	named := func(query string, far int) *int {
		var n *int
		require.NoError(t, pgx.BeginFunc(t.Context(), w.DB.Admin(t), func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT cardinality(search_records($1, $2, 5000, $3))", w.Org, query, far).Scan(&n)
		}))
		return n
	}
	for query, want := range map[string]int{"pump tablet": 0, "pump valve": 13, "Seeded PUMP valve": 13, "seeded nowhere": 0, "...": 0, "pu pump valve": 13} {
		if size != 20_000 && want > 0 {
			continue
		}
		n := named(query, 250_000)
		require.NotNil(t, n, query)
		require.Equal(t, want, *n, query)
	}
	require.Nil(t, named("pump", 250_000), "too many to be named")
	require.Nil(t, named("seeded pump", 250_000), "too many to be named")
	require.Nil(t, named("pump tablet", 5_000), "too many to be looked at")
}

// A list that looks at rows ends in time, and says what to do. Words that are slow to read stand for a million rows.
func TestASearchEndsInTime(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	require.NoError(t, w.Seed(t.Context(), "request", "approval", 6_000))
	_, err := w.DB.Admin(t).Exec(t.Context(), `DROP POLICY tenant ON record_words; CREATE POLICY tenant ON record_words
		USING (org_id = NULLIF(current_setting('app.org', true), '')::uuid AND pg_sleep(0.05)::text = '')`)
	require.NoError(t, err)
	page := postgres.Page{Sort: postgres.Sort{Column: "due_at"}, Limit: 50}
	_, _, ofTasks := w.DB.Tasks(t.Context(), w.Org, filter(w, "group", "seeded"), page)
	_, _, ofRecords := w.DB.Records(t.Context(), w.Org, postgres.RecordFilter{Keys: []string{"all"}, Query: "seeded"}, page)
	for _, err := range []error{ofTasks, ofRecords} {
		answer, ok := models.AsError(err)
		require.True(t, ok, "%v", err)
		require.Equal(t, models.CodeInvalid, answer.Code)
		require.Equal(t, []models.FieldProblem{{Path: "query.q", Code: "too_common", Message: answer.Fields[0].Message}}, answer.Fields)
	}
	rows, _, err := w.DB.Records(t.Context(), w.Org, postgres.RecordFilter{Keys: []string{"all"}, Query: "5777"}, page)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = w.DB.Tasks(gone, w.Org, filter(w, "group", "seeded"), page)
	require.ErrorIs(t, err, context.Canceled, "who leaves is not told to narrow it")
}

// A title that changes keeps the words that stay. One that was left behind by other means refuses no correction.
func TestAWordThatWasLeftBehindRefusesNothing(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	require.NoError(t, w.Seed(t.Context(), "request", "approval", 1))
	conn := w.DB.Admin(t)
	var id uuid.UUID
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT id FROM records").Scan(&id))
	words := func() (words []string) {
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT array_agg(word ORDER BY word) FROM record_words WHERE record_id = $1", id).Scan(&words))
		return words
	}
	require.Equal(t, []string{"1", "record", "seeded"}, words(), "as the trigger keeps them")
	_, err := conn.Exec(t.Context(), "INSERT INTO record_words VALUES ($1, 'pump', $2), ($1, 'jaw', $2)", w.Org, id)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "UPDATE records SET title = 'The pump of a record' WHERE id = $1", id)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "of", "pump", "record", "the"}, words())
}
