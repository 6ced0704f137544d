// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
)

// boardFilter looks at both sites and the quarter before an instant.
func boardFilter(at time.Time) postgres.BoardFilter {
	sites := []string{modeltest.Berlin, modeltest.Brooklyn}
	return postgres.BoardFilter{
		Sites: sites, Sees: sites, Everywhere: true, From: at.AddDate(0, 0, -90), To: at, At: at, Side: []string{models.StepExtensionApproval},
	}
}

// BenchmarkBoard measures the board of 100 thousand deviations of two years, twenty thousand of them open.
func BenchmarkBoard(b *testing.B) {
	w := modeltest.NewWorld(b, nil)
	at := time.Now().UTC().Truncate(time.Second)
	require.NoError(b, w.History(b.Context(), 100_000, at))
	year := boardFilter(at)
	year.From = at.AddDate(-1, 0, 0)
	narrow := boardFilter(at)
	narrow.Product, narrow.Area = "Amlodipine 5 mg", "Filling"
	for name, f := range map[string]postgres.BoardFilter{"quarter": boardFilter(at), "year": year, "product": narrow} {
		b.Run(name, func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				began := time.Now()
				board, err := w.DB.Board(b.Context(), w.Org, f)
				best = min(best, time.Since(began))
				require.NoError(b, err)
				require.NotEmpty(b, board.Closed)
			}
			b.ReportMetric(float64(best.Milliseconds()), "best-ms") // what others do on the machine counts least
		})
	}
}

// TestReportingRespectsRowSecurity reads the views as the role that docs/reporting.md makes for BI tools.
func TestReportingRespectsRowSecurity(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	require.NoError(t, w.History(t.Context(), 200, time.Now()))
	admin := connect(t, w.DB.AdminURL)
	role := "bi_" + strings.ReplaceAll(models.NewID().String(), "-", "")
	exec(t, admin, strings.ReplaceAll(documentedGrants(t), "countersign_bi", role))
	t.Cleanup(func() { exec(t, admin, "RESET ROLE; DROP OWNED BY "+role+"; DROP ROLE "+role) })

	exec(t, admin, "SET ROLE "+role)
	for _, view := range []string{"records", "deviations", "tasks", "sla"} {
		exec(t, admin, "RESET app.org")
		require.Zero(t, count(t, admin, "SELECT count(*) FROM reporting."+view), "%s: without an organization", view)
		exec(t, admin, "SET app.org = '"+models.NewID().String()+"'")
		require.Zero(t, count(t, admin, "SELECT count(*) FROM (SELECT * FROM reporting."+view+") x"), "%s: of another organization", view)
		exec(t, admin, "SET app.org = '"+w.Org.String()+"'")
		require.Positive(t, count(t, admin, "SELECT count(*) FROM (SELECT * FROM reporting."+view+") x"), "%s: its own", view)
	}
	require.Equal(t, 200, count(t, admin, "SELECT count(*) FROM reporting.deviations"))
	for _, table := range []string{"records", "credentials", "audit_events", "personal_values", "users"} {
		_, err := admin.Exec(t.Context(), "SELECT * FROM "+table)
		require.ErrorContains(t, err, "permission denied", table)
	}
}

// documentedGrants is the SQL that docs/reporting.md tells people to run.
func documentedGrants(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/reporting.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(doc), "```sql\n")
	require.True(t, found)
	sql, _, found := strings.Cut(after, "```")
	require.True(t, found)
	return sql
}

// TestReportingColumnsAreDocumented holds the columns of the stable views against docs/reporting.md.
func TestReportingColumnsAreDocumented(t *testing.T) {
	t.Parallel()
	db := modeltest.NewDB(t)
	doc, err := os.ReadFile("../../docs/reporting.md")
	require.NoError(t, err)
	for _, view := range []string{"deviations", "tasks", "sla"} {
		_, section, found := strings.Cut(string(doc), "## reporting."+view+"\n")
		require.True(t, found, view)
		section, _, _ = strings.Cut(section, "\n## ")
		var documented []string
		for line := range strings.Lines(section) {
			if cells := strings.Split(line, "|"); len(cells) > 2 && !strings.Contains(cells[1], "---") && strings.TrimSpace(cells[1]) != "column" {
				for name := range strings.SplitSeq(cells[1], ",") {
					documented = append(documented, strings.TrimSpace(name))
				}
			}
		}
		rows, err := db.Admin(t).Query(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`, "reporting."+view)
		require.NoError(t, err)
		columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.ElementsMatch(t, columns, documented, view)
	}
}

// TestFacetsFollowTheRecord holds what a trigger keeps beside a record against the record's data, as it is made and as it changes.
func TestFacetsFollowTheRecord(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	require.NoError(t, w.History(t.Context(), 20, time.Now()))
	admin := connect(t, w.DB.AdminURL)
	facets := func(id int) (area string, products []string, repeat bool) {
		require.NoError(t, admin.QueryRow(t.Context(), `SELECT f.area, f.products, f.repeat FROM record_facets f JOIN records r ON r.id = f.record_id
			WHERE r.number = $1`, fmt.Sprintf("HIST-%d", id)).Scan(&area, &products, &repeat))
		return area, products, repeat
	}
	area, products, repeat := facets(3)
	require.Equal(t, "Warehouse", area)
	require.Equal(t, []string{"Amlodipine 5 mg", "Bisoprolol 2.5 mg"}, products)
	require.False(t, repeat)
	exec(t, admin, `UPDATE records SET data = '{"report": {"department": " Filling ", "batches": [{"lot": "A"}, {"product": ""}]}}', content_hash = '\x01',
		flags = '{"repeat": true}' WHERE number = 'HIST-3'`)
	area, products, repeat = facets(3)
	require.Equal(t, "Filling", area)
	require.Empty(t, products)
	require.True(t, repeat)
	exec(t, admin, `UPDATE records SET data = '{"report": {"department": 7, "batches": "none"}}', content_hash = '\x02', flags = '{}' WHERE number = 'HIST-3'`)
	area, products, repeat = facets(3)
	require.Equal(t, "7", area)
	require.Empty(t, products)
	require.False(t, repeat)
}
