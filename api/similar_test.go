// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func TestSimilarRecordsAreShownAndCounted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	file := func(who, site, title, equipment, product string) api.Record {
		data := report(title)
		data["equipment_id"] = equipment
		data["batches"].([]any)[0].(map[string]any)["product"] = product
		return into[api.Record](t, w.do(t, call{who: who, method: "POST", path: "/v1/deviations", body: map[string]any{"site": site, "data": data}}), http.StatusCreated)
	}
	first := file("rita", modeltest.Berlin, "The first", "BL-3", "Amlodipine 5 mg")
	there := file("olga", modeltest.Brooklyn, "Over there", "BK-1", "Amlodipine 5 mg")
	file("rita", modeltest.Berlin, "Something else", "BL-9", "Ramipril 10 mg")
	_, err := w.DB.Admin(t).Exec(t.Context(), "UPDATE records SET aware_at = aware_at - interval '1 day'")
	require.NoError(t, err)
	mine := file("rita", modeltest.Berlin, "The second", "bl-3", "Amlodipine 5 mg")

	type list struct {
		Items  []api.SimilarRecord `json:"items"`
		Hidden int                 `json:"hidden"`
	}
	read := func(who string) list {
		return into[list](t, w.do(t, call{who: who, method: "GET", path: "/v1/records/" + mine.ID.String() + "/similar"}), http.StatusOK)
	}
	all := read("quinn")
	require.Len(t, all.Items, 2)
	require.Zero(t, all.Hidden)
	byID := map[uuid.UUID]api.SimilarRecord{}
	for _, s := range all.Items {
		byID[s.ID] = s
	}
	require.Equal(t, []string{"equipment", "product"}, byID[first.ID].Matches)
	require.Equal(t, []string{"product"}, byID[there.ID].Matches)
	require.Equal(t, there.Number, byID[there.ID].Number)
	require.False(t, byID[first.ID].Repeat)

	hers := read("otto")
	require.Equal(t, 1, hers.Hidden, "the other site is not his to read, and counts")
	require.Len(t, hers.Items, 1)
	require.Equal(t, first.ID, hers.Items[0].ID)

	problem(t, w.do(t, call{who: "olga", method: "GET", path: "/v1/records/" + mine.ID.String() + "/similar"}), http.StatusNotFound, models.CodeNotFound)
}
