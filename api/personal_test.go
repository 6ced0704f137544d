// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

// personalSample is a body of the operations for one's own work.
func personalSample(r route) map[string]any {
	switch r.method + " " + r.pattern {
	case "PUT /v1/me/views/{id}":
		return map[string]any{"screen": "inbox", "name": "Mine", "query": "box=mine"}
	case "PUT /v1/me/preferences":
		return map[string]any{"auto_advance": true, "shortcuts": true, "language": "en", "theme": "dark", "density": "compact"}
	case "POST /v1/notices/read":
		return map[string]any{"through": "2030-01-01T00:00:00Z"}
	case "POST /v1/tasks/{id}/follow_up":
		return map[string]any{"at": "2030-01-01T00:00:00Z"}
	case "POST /v1/tasks/reassign":
		return map[string]any{"tasks": []any{models.NewID()}, "to": models.NewID(), "reason": "because"}
	case "POST /v1/records/{id}/print":
		return map[string]any{"version": 1}
	}
	return nil
}

func TestSavedViewsAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	save := func(who, id string, body map[string]any) reply {
		return w.do(t, call{who: who, method: "PUT", path: "/v1/me/views/" + id, body: body})
	}
	mine := func(who string) []api.View {
		return into[items[api.View]](t, w.do(t, call{who: who, method: "GET", path: "/v1/me/views"}), http.StatusOK).Items
	}
	first, second := models.NewID().String(), models.NewID().String()
	week := map[string]any{"screen": "inbox", "name": " Due this week ", "query": "box=mine&sort=due"}
	view := into[api.View](t, save("quinn", first, week), http.StatusOK)
	require.Equal(t, "Due this week", view.Name)
	require.Equal(t, []api.View{view}, mine("quinn"))
	require.Empty(t, mine("quentin"))

	taken := problem(t, save("quinn", second, week), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "/name", taken.Errors[0].Pointer)
	week["name"], week["screen"] = "Due this week", "records"
	into[api.View](t, save("quinn", second, week), http.StatusOK) // on another screen
	week["name"], week["screen"], week["query"] = "Soon", "inbox", ""
	into[api.View](t, save("quinn", first, week), http.StatusOK)
	require.Equal(t, "Soon", mine("quinn")[0].Name)
	into[api.View](t, save("quentin", first, week), http.StatusOK) // an id is one person's
	require.Len(t, mine("quentin"), 1)

	for field, bad := range map[string]map[string]any{
		"screen": {"screen": "In Box", "name": "x", "query": ""}, "name": {"screen": "inbox", "name": "   ", "query": ""},
		"query": {"screen": "inbox", "name": "x", "query": "a=%zz"}, "query ": {"screen": "inbox", "name": "x", "query": "?a=b"},
		"query  ": {"screen": "inbox", "name": "x", "query": strings.Repeat("a", 2001)},
	} {
		p := problem(t, save("quinn", second, bad), http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, "/"+strings.TrimSpace(field), p.Errors[0].Pointer)
	}

	for i := range 98 {
		into[api.View](t, save("quinn", models.NewID().String(), map[string]any{"screen": "board", "name": fmt.Sprint(i), "query": ""}), http.StatusOK)
	}
	full := map[string]any{"screen": "board", "name": "one more", "query": ""}
	problem(t, save("quinn", models.NewID().String(), full), http.StatusConflict, models.CodeMoved)
	for range 2 {
		require.Equal(t, http.StatusNoContent, w.do(t, call{who: "quinn", method: "DELETE", path: "/v1/me/views/" + first}).StatusCode)
	}
	into[api.View](t, save("quinn", models.NewID().String(), full), http.StatusOK)
	require.Len(t, mine("quentin"), 1)
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := func() api.Preferences {
		return into[api.Me](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/me"}), http.StatusOK).Preferences
	}
	require.Equal(t, api.Preferences{AutoAdvance: true, Shortcuts: true, Language: "auto", Theme: "auto", Density: "comfortable"}, me())
	chosen := api.Preferences{Language: "ar", Theme: "dark", Density: "compact"}
	require.Equal(t, chosen, into[api.Preferences](t, w.do(t, call{who: "quinn", method: "PUT", path: "/v1/me/preferences", body: chosen}), http.StatusOK))
	require.Equal(t, chosen, me())
	chosen.Theme = "pink"
	problem(t, w.do(t, call{who: "quinn", method: "PUT", path: "/v1/me/preferences", body: chosen}), http.StatusUnprocessableEntity, models.CodeInvalid)
}
