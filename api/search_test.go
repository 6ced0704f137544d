// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// found searches a box, and counts what is there.
func (w *world) found(t *testing.T, who, box, query string) int {
	t.Helper()
	return len(all[api.TaskItem](t, w, who, "/v1/tasks?box="+box+"&q="+url.QueryEscape(query)))
}

func TestTasksAreFoundByNumberAndTitle(t *testing.T) {
	t.Parallel()
	w := setup(t)
	titles := []string{"Blister line 3: sealing 8 °C low", "Blister line 4 stopped", "Größe der Tablette außer Toleranz", "Sealing jaw worn"}
	var filed []api.Record
	for _, title := range titles {
		filed = append(filed, w.fileDeviation(t, "rita", modeltest.Berlin, title))
	}
	there := w.fileDeviation(t, "olga", modeltest.Brooklyn, "Blister line of the other site")
	into[api.Receipt](t, w.ask(t, "otto", "POST", "/v1/tasks/"+filed[1].Tasks[0].ID.String()+"/claim", nil), http.StatusOK)
	for query, n := range map[string]int{
		filed[0].Number: 1, "blister": 1, "BLIST": 1, "line 3": 1, "sealing": 2, "seal low": 1, "low SEALING": 1, "worn, jaw!": 1, "ister": 0, "größe": 1, "auß": 1,
		there.Number: 0, "other": 0, "nowhere": 0, "seal nowhere": 0, "%": 0, "_": 0, "' OR 1=1 --": 0, "...": 0, "DEV-1999-0001": 0, "3": 1, "8 c": 0, "8 °c": 1,
	} {
		require.Equal(t, n, w.found(t, "otto", "group", query), query)
	}
	require.Equal(t, 1, w.found(t, "otto", "mine", "blister"))
	require.Zero(t, w.found(t, "otto", "mine", "sealing"))
	require.Equal(t, 3, w.found(t, "quinn", "all", "blister"), "of both sites")
	require.Equal(t, 1, w.found(t, "quinn", "all", there.Number))
	require.Equal(t, 1, w.found(t, "olga", "group", "blister"))
	require.Zero(t, w.found(t, "ada", "group", "blister"))

	for i := range 5 {
		w.fileDeviation(t, "rita", modeltest.Berlin, fmt.Sprintf("Foil %d torn", i))
	}
	require.Equal(t, 5, w.found(t, "otto", "group", "foil torn"), "in pages of two")
	problem(t, w.ask(t, "otto", "GET", "/v1/tasks?q=a%00b", nil), http.StatusUnprocessableEntity, models.CodeInvalid)
	csv := w.ask(t, "otto", "GET", "/v1/tasks/export?box=group&q=jaw", nil)
	require.Equal(t, http.StatusOK, csv.StatusCode)
	require.Contains(t, string(csv.raw), "Sealing jaw worn")
	require.NotContains(t, string(csv.raw), "torn")

	// Records and their exports are searched as tasks are.
	for query, n := range map[string]int{"blister": 3, "line blist": 3, "seal low": 1, "ister": 0, "größe": 1, "%": 0, there.Number: 1, "line 3": 1} {
		require.Len(t, all[api.RecordItem](t, w, "quinn", "/v1/records?q="+url.QueryEscape(query)), n, query)
		require.Len(t, all[api.RecordItem](t, w, "quinn", "/v1/deviations?sort=-created&q="+url.QueryEscape(query)), n, query)
	}
	require.Len(t, all[api.RecordItem](t, w, "olga", "/v1/records?q=blister"), 1, "of her own site")
	require.Empty(t, all[api.RecordItem](t, w, "olga", "/v1/records?q="+filed[0].Number))
	require.Empty(t, all[api.RecordItem](t, w, "quinn", "/v1/records?sort=closed&q=blister"), "open ones")
	csv = w.ask(t, "quinn", "GET", "/v1/records/export?q=worn+seal", nil)
	require.Equal(t, http.StatusOK, csv.StatusCode)
	require.Contains(t, string(csv.raw), "Sealing jaw worn")
	require.NotContains(t, string(csv.raw), "Blister")

	// A title that changes is found by what it is, and no more by what it was.
	conn := w.DB.Admin(t)
	_, err := conn.Exec(t.Context(), "UPDATE records SET title = 'Sealing plate worn' WHERE id = $1", filed[3].ID)
	require.NoError(t, err)
	require.Zero(t, w.found(t, "otto", "group", "jaw"))
	require.Equal(t, 1, w.found(t, "otto", "group", "plate"))
	require.Equal(t, 2, w.found(t, "otto", "group", "sealing"))
	var words int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM record_words WHERE record_id = $1", filed[3].ID).Scan(&words))
	require.Equal(t, 3, words)
}
