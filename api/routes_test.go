// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// route is one operation of the API.
type route struct{ method, pattern string }

// at fills the pattern's parameters.
func (r route) at(id string) string {
	return strings.NewReplacer("{id}", id, "{grant}", id, "{user}", id, "{session}", id, "{sheet}", id, "{name}", "arrived", "{sha256}", strings.Repeat("0", 64)).Replace(r.pattern)
}

func (r route) takesBody() bool { return sample(r) != nil }

// routes asks the router itself, so that no operation is forgotten.
func (w *world) routes(t *testing.T) []route {
	t.Helper()
	var routes []route
	router := w.API.Handler().(chi.Routes)
	require.NoError(t, chi.Walk(router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(pattern, "/v1/") {
			routes = append(routes, route{method, pattern})
		}
		return nil
	}))
	require.Greater(t, len(routes), 50)
	return routes
}

// sample is a body that an operation accepts; nil for one that takes none.
func sample(r route) map[string]any {
	last := r.pattern[strings.LastIndex(r.pattern, "/")+1:]
	why := map[string]any{"reason": "because"}
	for _, more := range []func(route) map[string]any{adminSample, personalSample} {
		if body := more(r); body != nil {
			return body
		}
	}
	switch {
	case r.method == "PUT":
		return map[string]any{"data": map[string]any{}}
	case r.method != "POST":
		return nil
	}
	switch last {
	case "session":
		return map[string]any{"organization": "nobody", "username": "nobody", "password": "nothing"}
	case "password":
		return map[string]any{"current_password": "not this one", "new_password": "also not that one 77"}
	case "statement":
		return map[string]any{"statement": "accountability-1", "password": "not this one"}
	case "deviations", "requests":
		return map[string]any{"site": models.NewID().String(), "data": map[string]any{}}
	case "correct":
		return map[string]any{"changes": []any{map[string]any{"field": "report.title", "to": "Another title", "reason": "typing error"}}}
	case "reclassify":
		return map[string]any{"class": "major", "reason": "because"}
	case "extend":
		return map[string]any{"due_at": "2030-01-01T00:00:00Z", "reason": "because"}
	case "hold", "cancel", "reopen":
		return why
	case "links":
		return map[string]any{"to": models.NewID(), "kind": "causes"}
	case "files":
		if r.pattern == "/v1/files" {
			return nil // the file itself: see files_test.go
		}
		return map[string]any{"sha256": strings.Repeat("0", 64), "name": "chart.pdf"}
	case "remove":
		return why
	case "comments":
		return map[string]any{"text": "seen"}
	case "delegate", "reassign":
		return map[string]any{"to": models.NewID(), "reason": "because"}
	case "signing":
		return map[string]any{"outcome": "approved"}
	case "complete":
		return map[string]any{"outcome": "approved", "signature": map[string]any{"intent": models.NewID(), "username": "nobody", "password": "not this one"}}
	case "{name}":
		return map[string]any{"payload": map[string]any{"n": 1}}
	}
	return nil
}

func (w *world) try(t *testing.T, who string, r route, path string, body any) reply {
	t.Helper()
	return w.do(t, call{who: who, method: r.method, path: path, body: body, ifMatch: `"1"`})
}

func bodyOf(r route) any {
	if body := sample(r); body != nil {
		return body
	}
	return nil
}

func TestEveryRouteNeedsASession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, r := range w.routes(t) {
		if r.pattern == "/v1/session" && r.method == "POST" {
			continue
		}
		path := r.at(models.NewID().String())
		problem(t, w.try(t, "", r, path, bodyOf(r)), http.StatusUnauthorized, models.CodeUnauthenticated)
		for _, header := range []map[string]string{
			{"Authorization": "Bearer nonsense"}, {"Authorization": "Basic cml0YTpwYXNz"}, {"Cookie": "countersign_session=nonsense"},
			{"Authorization": "Bearer cs1_" + strings.ReplaceAll(w.Org.String(), "-", "") + "_" + strings.Repeat("A", 43)},
		} {
			got := w.do(t, call{method: r.method, path: path, body: "{", header: header})
			problem(t, got, http.StatusUnauthorized, models.CodeUnauthenticated)
		}
	}
}

func TestEveryRouteRefusesBadBodies(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for _, r := range w.routes(t) {
		if !r.takesBody() {
			continue
		}
		path := r.at(target(r, record.ID.String(), record.Tasks[0].ID.String()))
		for body, status := range map[string]int{
			"":                                400,
			"{":                               400,
			`{"a":1}{"b":2}`:                  400,
			"null":                            422,
			"[]":                              422,
			`"text"`:                          422,
			`{"__unknown__":1}`:               422,
			strings.Repeat(" ", 1<<20) + "{}": 413,
			`{"reason":"\u0000"}`:             422,
			`{"payload":"\udfff"}`:            400,
			"{\"text\":\"\xc3\x28\"}":         400,
		} {
			got := w.try(t, "quinn", r, path, body)
			if body == "" {
				got = w.do(t, call{who: "quinn", method: r.method, path: path, ifMatch: `"1"`, header: map[string]string{"Content-Type": "application/json"}})
			}
			require.Equal(t, status, got.StatusCode, "%s %s %.40q: %s", r.method, path, body, got.raw)
			require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"))
		}
		got := w.do(t, call{who: "quinn", method: r.method, path: path, body: bodyOf(r), ifMatch: `"1"`, header: map[string]string{"Content-Type": "text/plain"}})
		problem(t, got, http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
}

// target is the id that an operation's path is about.
func target(r route, record, task string) string {
	if strings.HasPrefix(r.pattern, "/v1/tasks/") {
		return task
	}
	return record
}

func TestEveryPostNeedsAKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for _, r := range w.routes(t) {
		if r.method != "POST" || r.pattern == "/v1/session" {
			continue
		}
		path := r.at(target(r, record.ID.String(), record.Tasks[0].ID.String()))
		got := w.do(t, call{who: "quinn", method: "POST", path: path, body: bodyOf(r), ifMatch: `"1"`, header: map[string]string{"Idempotency-Key": ""}})
		p := problem(t, got, http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, "header.Idempotency-Key", p.Errors[0].Path)
	}
}

func TestEveryCourseNeedsIfMatch(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for _, verb := range []string{"correct", "reclassify", "extend", "hold", "resume", "cancel", "reopen", "files", "files/{sha256}/remove"} {
		r := route{"POST", "/v1/records/{id}/" + verb}
		path := r.at(record.ID.String())
		problem(t, w.do(t, call{who: "quinn", method: "POST", path: path, body: bodyOf(r)}), http.StatusPreconditionRequired, models.CodeNoIfMatch)
		for _, tag := range []string{"1x", `"1`, "*", `"0"`, `"-1"`, `"01"`, `"99999999999999999999"`, `"1", "2"`} {
			p := problem(t, w.do(t, call{who: "quinn", method: "POST", path: path, body: bodyOf(r), ifMatch: tag}), http.StatusUnprocessableEntity, models.CodeInvalid)
			require.Equal(t, "header.If-Match", p.Errors[0].Path)
		}
		problem(t, w.do(t, call{who: "quinn", method: "POST", path: path, body: bodyOf(r), ifMatch: `"41"`}), http.StatusPreconditionFailed, models.CodeStale)
	}
}

// TestIdsOfOthersAreNotFound sends every operation ids that do not exist and ids of another organization: the answers are alike.
func TestIdsOfOthersAreNotFound(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.otherOrganization(t)
	record := w.fileRequest(t)
	for _, r := range w.routes(t) {
		if !strings.Contains(r.pattern, "{id}") || strings.HasPrefix(r.pattern, "/v1/forms/") ||
			strings.HasPrefix(r.pattern, "/v1/me/views/") { // whose ids are each person's own to choose
			continue
		}
		theirs := target(r, record.ID.String(), record.Tasks[0].ID.String())
		for name, id := range map[string]string{"of nobody": models.NewID().String(), "of another organization": theirs, "zero": "00000000-0000-0000-0000-000000000000"} {
			who := "eve"
			if name != "of another organization" {
				who = "quinn"
			}
			got := w.try(t, who, r, r.at(id), bodyOf(r))
			require.Equal(t, http.StatusNotFound, got.StatusCode, "%s %s %s: %s", r.method, r.pattern, name, got.raw)
			require.NotContains(t, string(got.raw), record.Number)
		}
	}
}

func TestEveryRouteRefusesUnknownParameters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, r := range w.routes(t) {
		got := w.try(t, "quinn", r, r.at(models.NewID().String())+"?debug=1", bodyOf(r))
		p := problem(t, got, http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, "query.debug", p.Errors[0].Path)
	}
}

// TestNothingIsAFaultOfOurs sends everybody's requests to everything: whatever the answer is, it is none of 500.
func TestNothingIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	for _, who := range []string{"quinn", "rita", "ada", "mes", "ivy", "max"} {
		for _, r := range w.routes(t) {
			if r.pattern == "/v1/session" || r.pattern == "/v1/me/password" || r.pattern == "/v1/me/statement" {
				continue
			}
			got := w.try(t, who, r, r.at(target(r, record.ID.String(), record.Tasks[0].ID.String())), bodyOf(r))
			if strings.HasSuffix(r.pattern, "/evidence") {
				continue // there is no writer of packs here, and the answer says so
			}
			require.Less(t, got.StatusCode, 500, "%s %s %s: %s", who, r.method, r.pattern, got.raw)
		}
	}
	require.Equal(t, modeltest.Berlin, record.Site.ID)
}
