// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// requestLimit is how long one request may take. Deciding waits for the engine at most 20 s.
const requestLimit = 30 * time.Second

// request is what is known of a request from its beginning, and what the log line at its end wants.
type request struct {
	id     string
	log    *slog.Logger
	source models.Source // without its kind
	secure bool          // cookies go over https only
	caller *caller       // set when it is known who asks
	left   atomic.Bool   // whether it failed for its sender went away
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

func requestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

// logger adds the request's id and who asks to every line.
func logger(ctx context.Context) *slog.Logger {
	r := requestOf(ctx)
	switch {
	case r == nil:
		return slog.New(slog.DiscardHandler)
	case r.caller != nil:
		return r.log.With(slog.String("organization", r.caller.Org.String()), slog.String("user", r.caller.Person.ID.String()))
	}
	return r.log
}

// withRequestID gives each request an id of our own: one that a client chooses could be anything, and anybody's.
func withRequestID(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := models.NewID().String()
			ctx, cancel := limited(r)
			defer cancel()
			ctx = context.WithValue(ctx, requestKey{}, &request{
				id: id, log: log.With(slog.String("request", id)), source: source(r), secure: secureCookie(r),
			})
			w.Header().Set("X-Request-Id", id)
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// limited bounds the time of a request. A live stream has no end: it bounds each of its writes.
func limited(r *http.Request) (context.Context, context.CancelFunc) {
	if r.URL.Path == eventsPath {
		return context.WithCancel(r.Context())
	}
	if carriesFile(r) {
		return context.WithTimeout(r.Context(), fileTime)
	}
	return context.WithTimeout(r.Context(), requestLimit)
}

// logRequests writes one line a request: never a body, a query or a token.
func logRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		level, status := slog.LevelDebug, statusOf(ww, r)
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		attrs := []slog.Attr{
			slog.String("method", methodName(r.Method)), slog.String("route", route(r)), slog.Int("status", status),
			slog.Int("bytes", ww.BytesWritten()), slog.Duration("took", time.Since(began)),
		}
		if id, err := uuid.Parse(chi.URLParam(r, "id")); err == nil {
			attrs = append(attrs, slog.String("id", id.String()))
		}
		logger(r.Context()).LogAttrs(r.Context(), level, "request", attrs...)
	})
}

// statusGivenUp is logged and counted for a request that failed for its sender went away before it was answered, as a browser does
// that leaves a page: nothing else failed, and nobody was told 503.
const statusGivenUp = 499

func statusOf(w middleware.WrapResponseWriter, r *http.Request) int {
	if q := requestOf(r.Context()); q != nil && q.left.Load() {
		return statusGivenUp
	}
	return w.Status()
}

// markLeft notes that a request failed by its sender's leaving. What failed otherwise counts as it is, whoever left meanwhile: people
// do not wait for a server that is down.
func markLeft(ctx context.Context, err error) {
	if q := requestOf(ctx); q != nil && errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled) {
		q.left.Store(true)
	}
}

// route is the pattern that a request matched: it has no ids in it.
func route(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

// recoverPanics turns a fault of ours into an answer like any other.
func recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			logger(r.Context()).LogAttrs(r.Context(), slog.LevelError, "a handler panicked",
				slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			fail(w, r, models.Refuse(models.CodeInternal, "The request failed, and it is in our log under the id of this answer."))
		}()
		next.ServeHTTP(w, r)
	})
}

// secure sets what every answer carries. Nothing of the API is a page: pages set their own policy.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "same-origin") // with none at all some browsers post our own forms from the origin "null"
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what a page of another site makes a browser send, beside the SameSite cookie.
func sameOrigin() func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, models.Refuse(codeCrossOrigin, "This came from a page of another site. Nothing was changed."))
	}))
	return protection.Handler
}
