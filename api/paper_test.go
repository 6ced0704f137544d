// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models/modeltest"
)

// A copy on paper names people, and not their ids.
func TestACopyNamesThePeopleOfTheData(t *testing.T) {
	t.Parallel()
	w := setup(t)
	data := report("Blister line 3 too cold")
	data["people_involved"] = []any{map[string]any{"person": w.People["ines"], "role": "Set the line up"}}
	record := into[api.Record](t, w.ask(t, "rita", "POST", "/v1/deviations", map[string]any{"site": modeltest.Berlin, "data": data}), http.StatusCreated)
	b := w.browser(t)
	b.login(t, "quinn")
	made := into[api.PrintMade](t, w.ask(t, "quinn", "POST", "/v1/records/"+record.ID.String()+"/print", map[string]any{}), http.StatusCreated)
	text := string(b.get(t, made.URL).raw)
	require.Contains(t, text, "Ines Iglesias")
	require.NotContains(t, text, w.People["ines"].String())
}
