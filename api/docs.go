// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	_ "embed"
	"net/http"

	"github.com/go-chi/chi/v5"
)

//go:embed docs.html
var docsHTML []byte

//go:embed docs.js
var docsJS []byte

//go:embed docs.css
var docsCSS []byte

// docs serves the description of the API for people, from the binary alone: nothing is fetched from elsewhere.
func docs(router chi.Router) {
	router.Get("/docs", page("text/html; charset=utf-8", docsHTML))
	router.Get("/docs/docs.js", page("text/javascript; charset=utf-8", docsJS))
	router.Get("/docs/docs.css", page("text/css; charset=utf-8", docsCSS))
}

func page(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		_, _ = w.Write(body) // the client is gone if this fails
	}
}
