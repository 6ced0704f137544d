// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/stretchr/testify/require"
)

// built is a small app as Vite leaves it.
var built = fstest.MapFS{
	"dist/placeholder.html":        {Data: []byte("not built")},
	"dist/index.html":              {Data: []byte(`<meta name="csp-nonce" content="__CSP_NONCE__">`)},
	"dist/manifest.webmanifest":    {Data: []byte(`{}`)},
	"dist/sw.js":                   {Data: []byte("self")},
	"dist/assets/app-1a2b.js":      {Data: []byte("export {}")},
	"dist/assets/app-1a2b.js.gz":   {Data: compress([]byte("export {}"))},
	"dist/assets/inter-3c4d.woff2": {Data: []byte("font")},
	"dist/.vite/manifest.json":     {Data: []byte(`{}`)},
}

const strict = "default-src 'none'; frame-ancestors 'none'"

func get(t *testing.T, built fstest.MapFS, method, address, encoding string) *http.Response {
	t.Helper()
	router := chi.NewMux()
	router.Use(middleware.SetHeader("Content-Security-Policy", strict)) // as the API does for all of its answers
	routes(router, built, http.NotFound)
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), method, address, nil)
	r.Header.Set("Accept-Encoding", encoding)
	router.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	in := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		require.NoError(t, err)
		in = z
	}
	raw, err := io.ReadAll(in)
	require.NoError(t, err)
	return string(raw)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		address, encoding, kind, keep, packed string
		status                                int
	}{
		"script":            {"/assets/app-1a2b.js", "br, gzip", "text/javascript; charset=utf-8", forever, "gzip", 200},
		"script, as it is":  {"/assets/app-1a2b.js", "", "text/javascript; charset=utf-8", forever, "", 200},
		"gzip refused":      {"/assets/app-1a2b.js", "gzip;q=0", "text/javascript; charset=utf-8", forever, "", 200},
		"font, not packed":  {"/assets/inter-3c4d.woff2", "gzip", "font/woff2", forever, "", 200},
		"manifest":          {"/manifest.webmanifest", "gzip", "application/manifest+json", ask, "", 200},
		"service worker":    {"/sw.js", "gzip", "text/javascript; charset=utf-8", ask, "", 200},
		"page":              {"/", "gzip", "text/html; charset=utf-8", ask, "gzip", 200},
		"screen":            {"/records/0190a0b0-1111-7222-8333-444455556666", "", "text/html; charset=utf-8", ask, "", 200},
		"screen in short":   {"/inbox", "", "text/html; charset=utf-8", ask, "", 200},
		"unknown asset":     {"/assets/app-0000.js", "", "", "", "", 404},
		"no screen":         {"/v1/tasks", "", "", "", "", 404},
		"what Vite noted":   {"/.vite/manifest.json", "", "", "", "", 404},
		"a compressed copy": {"/assets/app-1a2b.js.gz", "", "", "", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r := get(t, built, method, want.address, want.encoding)
				require.Equal(t, want.status, r.StatusCode)
				if want.status != http.StatusOK {
					continue
				}
				require.Equal(t, want.kind, r.Header.Get("Content-Type"))
				require.Equal(t, want.keep, r.Header.Get("Cache-Control"))
				require.Equal(t, want.packed, r.Header.Get("Content-Encoding"))
				if method == http.MethodGet {
					require.NotEmpty(t, body(t, r))
				} else {
					require.Empty(t, body(t, &http.Response{Body: r.Body}))
				}
			}
		})
	}
}

// Each page has a nonce of its own, which only styles may use; scripts come from files, and nothing from elsewhere.
func TestPagePolicy(t *testing.T) {
	t.Parallel()
	one, two := get(t, built, "GET", "/", "gzip"), get(t, built, "GET", "/", "gzip")
	policy := one.Header.Get("Content-Security-Policy")
	require.NotEqual(t, policy, two.Header.Get("Content-Security-Policy"))
	require.Contains(t, policy, "default-src 'none'; script-src 'self';")
	require.Contains(t, policy, "frame-ancestors 'none'")
	for _, loose := range []string{"unsafe", "http", "*", "data:", "wasm"} {
		require.NotContains(t, policy, loose)
	}
	text := body(t, one)
	require.NotContains(t, text, nonceMark)
	require.Regexp(t, `^<meta name="csp-nonce" content="[A-Za-z0-9+/]{24}">$`, text)
	require.Contains(t, policy, "'nonce-"+text[len(`<meta name="csp-nonce" content="`):len(text)-2]+"'")
}

// A worker that may not connect cannot keep the shell, so a browser never installs it.
func TestTheWorkerMayAskForOurFiles(t *testing.T) {
	t.Parallel()
	worker := get(t, built, "GET", "/sw.js", "")
	require.Equal(t, "default-src 'none'; connect-src 'self'", worker.Header.Get("Content-Security-Policy"))
	script := get(t, built, "GET", "/assets/app-1a2b.js", "")
	require.Equal(t, strict, script.Header.Get("Content-Security-Policy"))
}

func TestWithoutTheApp(t *testing.T) {
	t.Parallel()
	r := get(t, fstest.MapFS{"dist/placeholder.html": built["dist/placeholder.html"]}, "GET", "/inbox", "")
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "not built", body(t, r))
}

func TestWhatIsEmbedded(t *testing.T) {
	t.Parallel()
	require.NotPanics(t, func() { Routes(chi.NewMux(), http.NotFound) })
}
