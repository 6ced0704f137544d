// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package pages draws what works without JavaScript: the login, the landing page of a task's link, and the printed record. It
// only draws: the API reads what is on them, and decides nothing here either.
package pages

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/countersign/countersign/models"
)

//go:embed *.html
var files embed.FS

//go:embed pages.css
var style []byte

// stylePath is the one file that the pages load.
const stylePath = "/pages/pages.css"

// words say codes as the app does.
var words = template.FuncMap{
	"words": models.Words, "meaning": models.MeaningTitle, "outcome": models.OutcomeTitle,
	"role": func(code string) string { return models.Role(code).Title() },
}

var templates = template.Must(template.New("").Funcs(words).ParseFS(files, "*.html"))

// contentPolicy allows our own stylesheet and forms that come back here. There is no script, inline or other.
const contentPolicy = "default-src 'none'; style-src 'self'%s; form-action 'self'; base-uri 'none'; frame-ancestors %s"

// Routes serves what the pages load.
func Routes(router chi.Router) {
	router.Get(stylePath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(style) // the client is gone if this fails
	})
}

// Page is a page to draw.
type Page interface{ template() string }

// Write draws a page. It is drawn whole before anything is sent.
func Write(w http.ResponseWriter, status int, page Page) error {
	var body bytes.Buffer
	policy := fmt.Sprintf(contentPolicy, "", "'none'")
	if p, ok := page.(*Print); ok {
		p.Nonce = nonce()
		// The app prints it from a frame of its own.
		policy = fmt.Sprintf(contentPolicy, " 'nonce-"+p.Nonce+"'", "'self'")
	}
	if err := templates.ExecuteTemplate(&body, page.template(), page); err != nil {
		return fmt.Errorf("draw %s: %w", page.template(), err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client is gone if this fails
	return nil
}

func nonce() string {
	raw := make([]byte, 18)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

// Problem says what went wrong, that nothing was lost, and what to do.
type Problem struct {
	Title, Detail string
	Request       string // its id, as in the server's log
	Link, Says    string // where to go on; nowhere if empty
}

func (*Problem) template() string { return "problem.html" }
