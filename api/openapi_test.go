// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

// shipped is the API with the types of record that come with Countersign, and nothing behind it.
func shipped() *api.API {
	return &api.API{Types: models.Types{models.Deviation.Name: models.Deviation}}
}

func TestOpenAPIIsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	emitted, err := shipped().OpenAPI()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("openapi.yaml", emitted, 0o644))
	}
	committed, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	require.Equal(t, string(committed), string(emitted), "run: go test ./api -run OpenAPI -update")
	require.NotContains(t, string(emitted), "$schema")
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, kind := range map[string]string{
		"/openapi.json": "application/", "/openapi.yaml": "application/", "/docs": "text/html", "/docs/docs.js": "text/javascript", "/docs/docs.css": "text/css",
	} {
		r := w.do(t, call{method: "GET", path: path})
		require.Equal(t, http.StatusOK, r.StatusCode, path)
		require.True(t, strings.HasPrefix(r.Header.Get("Content-Type"), kind), "%s is %s", path, r.Header.Get("Content-Type"))
	}
	page := w.do(t, call{method: "GET", path: "/docs"})
	require.Contains(t, page.Header.Get("Content-Security-Policy"), "script-src 'self'")
	require.NotContains(t, string(page.raw), "https://", "nothing is fetched from elsewhere")
	require.NotContains(t, string(page.raw), "<script>", "no script of its own in the page")
}
