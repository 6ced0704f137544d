// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
)

// TestASearchReadsNoMoreThanItsPage finds what one record has, what some have and what all have, among more open tasks than a
// search names (COUNTERSIGN_SEARCH_ROWS for more of them), and prints what it took.
func TestASearchReadsNoMoreThanItsPage(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	size := 12_000
	if rows, err := strconv.Atoi(os.Getenv("COUNTERSIGN_SEARCH_ROWS")); err == nil {
		size = rows
	}
	require.NoError(t, w.Seed(t.Context(), "request", "approval", size))
	conn := w.DB.Admin(t)
	for _, sql := range []string{
		"INSERT INTO record_words SELECT r.org_id, w, r.id FROM records r CROSS JOIN LATERAL unnest(words_of(r.title)) w ON CONFLICT DO NOTHING",
		"VACUUM ANALYZE record_words",
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	page := postgres.Page{Sort: postgres.Sort{Column: "due_at"}, Limit: 50}
	for _, tt := range []struct {
		box, query string
		found      int
		more       bool
	}{
		{"group", "11777", 1, false}, {"group", "seeded", 50, true}, {"group", "record 11777", 1, false}, {"group", "SEEDED 1177", 11, false},
		{"group", "record 1", 50, true}, {"group", "nowhere", 0, false}, {"group", "seeded nowhere", 0, false}, {"mine", "seeded", 0, false},
		{"all", "11777", 1, false}, {"all", "seeded", 50, true}, {"waiting", "11777", 1, false},
	} {
		f := postgres.TaskFilter{
			Box: tt.box, Me: w.People["quinn"], Keys: []string{models.RoleKey(models.RoleQA, models.AllSites)}, Records: []string{"all"}, Query: tt.query,
		}
		if tt.box == postgres.BoxWaiting {
			f.Me = w.People["rita"]
		}
		began := time.Now()
		rows, more, err := w.DB.Tasks(t.Context(), w.Org, f, page)
		took := time.Since(began)
		require.NoError(t, err)
		t.Logf("%s %q: %d of %d in %s", tt.box, tt.query, len(rows), size, took)
		if size == 12_000 || tt.more {
			require.Len(t, rows, tt.found, "%s %q", tt.box, tt.query)
			require.Equal(t, tt.more, more)
		}
		require.Less(t, took, 2*time.Second)
	}
}
