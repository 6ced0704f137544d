// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

// exported is a file: what it says about itself, and its table.
type exported struct {
	about   map[string]string
	columns []string
	rows    [][]string
	raw     []byte
}

func (e exported) column(t *testing.T, name string) []string {
	t.Helper()
	i := slices.Index(e.columns, name)
	require.GreaterOrEqual(t, i, 0, name)
	var out []string
	for _, row := range e.rows {
		if i < len(row) {
			out = append(out, row[i])
		} else {
			out = append(out, "")
		}
	}
	return out
}

func (w *world) export(t *testing.T, who, path string) exported {
	t.Helper()
	r := w.do(t, call{who: who, method: "GET", path: path})
	require.Equal(t, http.StatusOK, r.StatusCode, "%s", r.raw)
	require.Contains(t, r.Header.Get("Content-Disposition"), "attachment; filename=")
	if strings.Contains(path, "format=xlsx") {
		require.Contains(t, r.Header.Get("Content-Type"), "spreadsheetml")
		return fromXLSX(t, r.raw)
	}
	require.Equal(t, "text/csv; charset=utf-8", r.Header.Get("Content-Type"))
	return fromCSV(t, r.raw)
}

// fromCSV reads the lines about the file, the table, and the lines at its end. Empty lines part them.
func fromCSV(t *testing.T, raw []byte) exported {
	t.Helper()
	e := exported{about: map[string]string{}, raw: raw}
	parts := strings.Split(string(raw), "\n\n")
	require.Len(t, parts, 3)
	read := func(part string) [][]string {
		lines, err := csv.NewReader(strings.NewReader(part)).ReadAll()
		require.NoError(t, err)
		return lines
	}
	for _, line := range append(read(parts[0]), read(parts[2])...) {
		e.about[line[0]] = line[1]
	}
	table := read(parts[1])
	e.columns, e.rows = table[0], table[1:]
	return e
}

func fromXLSX(t *testing.T, raw []byte) exported {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	e := exported{about: map[string]string{}, raw: raw}
	sheets := file.GetSheetList()
	require.Len(t, sheets, 2)
	require.Equal(t, "About", sheets[0], "first of all, what it is")
	about, err := file.GetRows(sheets[0])
	require.NoError(t, err)
	for _, line := range about {
		e.about[line[0]] = line[1]
	}
	table, err := file.GetRows(sheets[1])
	require.NoError(t, err)
	e.columns, e.rows = table[0], table[1:]
	for i := range table {
		for j := range table[i] {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			require.NoError(t, err)
			formula, err := file.GetCellFormula(sheets[1], cell)
			require.NoError(t, err)
			require.Empty(t, formula)
		}
	}
	return e
}

func TestAnExportIsTheListAndInTheTrail(t *testing.T) {
	t.Parallel()
	w, at := withHistory(t, 120)
	for _, format := range []string{"csv", "xlsx"} {
		e := w.export(t, "max", "/v1/records/export?state=closed&sort=-closed&class=minor&format="+format)
		require.Equal(t, "Acme Pharma", e.about["Organization"])
		require.Equal(t, "records", e.about["Exported"])
		require.Equal(t, "Max Mahler (max)", e.about["Exported by"])
		berlin := at.In(mustZone(t, "Europe/Berlin"))
		require.Equal(t, berlin.Format("2 Jan 2006 15:04:05 MST (UTC-07:00)"), e.about["Exported at"])
		require.Equal(t, "class=minor&sort=-closed&state=closed", e.about["Filter"])
		require.Equal(t, "50000 rows", e.about["Limit"])
		require.Empty(t, e.about["Cut"])
		list := all[api.RecordItem](t, w, "max", "/v1/records?state=closed&sort=-closed&class=minor")
		require.Equal(t, strconv.Itoa(len(list)), e.about["Rows"])
		require.Len(t, e.rows, len(list))
		for i, number := range e.column(t, "Number") {
			require.Equal(t, list[i].Number, number, "in the same order")
		}
		title := slices.IndexFunc(list, func(r api.RecordItem) bool { return strings.HasPrefix(r.Title, "=") })
		require.GreaterOrEqual(t, title, 0, "somebody tries a formula")
		want := list[title].Title
		if format == "csv" {
			want = "'" + want
		}
		require.Equal(t, want, e.column(t, "Title")[title])
		require.Equal(t, list[0].ClosedAt.In(berlin.Location()).Format("2 Jan 2006 15:04:05 MST (UTC-07:00)"), e.column(t, "Closed")[0])

		event := w.lastExport(t)
		require.Equal(t, "done", event.Outcome)
		require.Equal(t, w.People["max"], *event.Actor.ID)
		require.NotNil(t, event.Decision)
		sum := sha256.Sum256(e.raw)
		var body models.Export
		require.NoError(t, json.Unmarshal(models.MustJSON(event.Changes[0].New), &body))
		require.Equal(t, models.Export{
			What: "records", Format: format, Filter: e.about["Filter"], Rows: len(list), SHA256: hex.EncodeToString(sum[:]),
		}, body)
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// lastExport is the newest event of an export in the trail.
func (w *world) lastExport(t *testing.T) api.AuditEvent {
	t.Helper()
	page := into[items[api.AuditEvent]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/audit/events?action=export.create&sort=-at&limit=1"}), http.StatusOK)
	require.Len(t, page.Items, 1)
	return page.Items[0]
}

func TestAnExportOfTasksAndOfTheBoard(t *testing.T) {
	t.Parallel()
	w, _ := withHistory(t, 120)
	for _, format := range []string{"csv", "xlsx"} {
		tasks := w.export(t, "hana", "/v1/tasks/export?box=all&step=cause&format="+format)
		list := all[api.TaskItem](t, w, "hana", "/v1/tasks?box=all&step=cause")
		require.NotEmpty(t, list)
		require.Len(t, tasks.rows, len(list))
		require.Equal(t, list[0].ID.String(), tasks.column(t, "Id")[0])

		board := w.export(t, "max", "/v1/board/export?class=major&format="+format)
		require.Contains(t, board.about["Filter"], "class=major&from=")
		lists, values := board.column(t, "List"), board.column(t, "Value")
		for i, list := range lists {
			if list != "" {
				require.Equal(t, values[i], strconv.Itoa(w.length(t, "max", list)), list)
			}
		}
		figures := figuresOf(t, w.do(t, call{who: "max", method: "GET", path: "/v1/board?class=major"}))
		require.Subset(t, lists, keysOf(figures))
	}
}

func keysOf(figures map[string]int) []string {
	var keys []string
	for list := range figures {
		keys = append(keys, list)
	}
	return keys
}

func TestAnExportSaysWhereItIsCut(t *testing.T) {
	t.Parallel()
	w, _ := withHistory(t, 60)
	w.API.ExportRows = 7
	for _, format := range []string{"csv", "xlsx"} {
		e := w.export(t, "quinn", "/v1/records/export?format="+format)
		require.Len(t, e.rows, 7)
		require.Equal(t, "7 rows", e.about["Limit"])
		require.Contains(t, e.about["Cut"], "The limit of 7 rows was reached")
	}
	require.Contains(t, string(models.MustJSON(w.lastExport(t).Changes[0].New)), `"cut":true`)
}

func TestAnExportIsDecidedByPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, who := range map[string]string{"/v1/records/export": "ada", "/v1/tasks/export?box=all": "ada", "/v1/board/export": "rita"} {
		problem(t, w.do(t, call{who: who, method: "GET", path: path}), http.StatusForbidden, models.CodeForbidden)
	}
	require.Equal(t, "refused", w.lastExport(t).Outcome, "and the attempt is in the trail")
	problem(t, w.do(t, call{who: "max", method: "GET", path: "/v1/records/export?format=pdf"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, w.do(t, call{who: "max", method: "GET", path: "/v1/records/export?cursor=x"}), http.StatusUnprocessableEntity, models.CodeInvalid)
}
