// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package web is the web app as built by Vite into dist, served from the binary alone.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// dist is empty but for the placeholder until `make web` has built the app, so that Go builds without Node.
//
//go:embed all:dist
var dist embed.FS

// Screens are the first parts of the app's own addresses: below them every address is index.html, and the app finds its way.
// A test of the app holds its routes against this list.
var Screens = []string{"inbox", "records", "board", "admin", "me"}

// nonceMark stands in index.html where each answer puts a nonce of its own.
const nonceMark = "__CSP_NONCE__"

// contentPolicy allows our own files and nothing else. Styles that the app makes at run time carry the nonce; scripts never do.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// workerPolicy is the service worker's own: a worker runs under the policy of the answer that it came in. It asks for our files and
// does nothing else.
const workerPolicy = "default-src 'none'; connect-src 'self'"

// How long a browser may keep a file: for ever, where its name has a hash of what is in it.
const (
	forever = "public, max-age=31536000, immutable"
	ask     = "no-cache"
)

// Routes serves the app: its files, and index.html at every address of a screen. Nothing else is touched, so that an unknown
// address of the API stays a problem; notFound answers for a file of an older build.
func Routes(router chi.Router, notFound http.HandlerFunc) { routes(router, dist, notFound) }

func routes(router chi.Router, built fs.FS, notFound http.HandlerFunc) {
	index, err := fs.ReadFile(built, "dist/index.html")
	if errors.Is(err, fs.ErrNotExist) {
		index, err = fs.ReadFile(built, "dist/placeholder.html")
	}
	must(err)
	get := func(pattern string, answer http.HandlerFunc) {
		router.Get(pattern, answer)
		router.Head(pattern, answer)
	}
	app := page(index)
	get("/", app)
	for _, screen := range Screens {
		get("/"+screen, app)
		get("/"+screen+"/*", app)
	}
	assets := map[string]http.HandlerFunc{}
	must(fs.WalkDir(built, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !served(name) {
			return err
		}
		content, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		address := strings.TrimPrefix(name, "dist")
		answer := file(address, content, packed(built, name))
		if strings.HasPrefix(address, "/assets/") {
			assets[address] = answer
		} else {
			get(address, answer)
		}
		return nil
	}))
	// One route for all of them: logs and metrics are by route.
	get("/assets/*", func(w http.ResponseWriter, r *http.Request) {
		if answer := assets[r.URL.Path]; answer != nil {
			answer(w, r)
		} else {
			notFound(w, r)
		}
	})
}

// must stops the program where the binary itself is broken: what is embedded can always be read.
func must(err error) {
	if err != nil {
		panic(fmt.Errorf("read the embedded web app: %w", err))
	}
}

// served leaves out the pages, which have addresses of their own, what only the build reads, and the compressed copies.
func served(name string) bool {
	return !strings.Contains(name, "/.") && path.Ext(name) != ".html" && path.Ext(name) != ".gz"
}

// packed is the compressed copy that the build made, nil where it was not worth it.
func packed(built fs.FS, name string) []byte {
	content, err := fs.ReadFile(built, name+".gz")
	if err != nil {
		return nil
	}
	return content
}

// page serves index.html, each time with another nonce.
func page(index []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		nonce := newNonce()
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", fmt.Sprintf(contentPolicy, nonce))
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		h.Set("Cache-Control", ask)
		body := bytes.ReplaceAll(index, []byte(nonceMark), []byte(nonce))
		h.Add("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = compress(body)
		}
		write(w, r, body)
	}
}

func newNonce() string {
	raw := make([]byte, 18)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// file serves one file as it was built.
func file(address string, content, packed []byte) http.HandlerFunc {
	keep := ask
	if strings.HasPrefix(address, "/assets/") {
		keep = forever
	}
	kind := contentType(address)
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", keep)
		if address == "/sw.js" {
			h.Set("Content-Security-Policy", workerPolicy)
		}
		body := content
		if packed != nil {
			h.Add("Vary", "Accept-Encoding")
			if takesGzip(r) {
				h.Set("Content-Encoding", "gzip")
				body = packed
			}
		}
		write(w, r, body)
	}
}

// contentType never asks the machine, whose table of types may be anybody's.
func contentType(address string) string {
	switch path.Ext(address) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	default:
		return "application/octet-stream"
	}
}

// takesGzip reads Accept-Encoding as far as it matters here: gzip, unless it is refused with q=0.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, err := mime.ParseMediaType(part)
		if err != nil || coding != "gzip" {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0
	}
	return false
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client is gone if this fails
	}
}
