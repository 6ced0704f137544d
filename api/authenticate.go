// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

const (
	cookieName = "countersign_session"
	maxDevice  = 200 // bytes of a User-Agent that are kept

	// backgroundHeader is "true" on what a page asks by itself while nobody is at it.
	backgroundHeader = "Countersign-Background"
)

// caller is who asks, and through which door.
type caller struct {
	*models.Session
	Source models.Source
}

type callerKey struct{}

// callerOf is who asks. Only operations with a session have one.
func callerOf(ctx context.Context) *caller { return ctx.Value(callerKey{}).(*caller) }

// authenticate finds the session of every operation that needs one, before its input is looked at (11.10(d)).
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	if len(ctx.Operation().Security) == 0 {
		next(ctx)
		return
	}
	r, w := humachi.Unwrap(ctx)
	session, err := a.Auth.AuthenticateFor(r.Context(), token(r), taskNamed(ctx), background(r))
	if err == nil {
		err = mayUse(session, ctx.Operation())
	}
	if err != nil {
		changes := r.Method != http.MethodGet
		newProblem(explain(r.Context(), http.StatusInternalServerError, "", []error{err}, changes), requestID(r.Context()), changes).write(w)
		return
	}
	who := &caller{Session: session, Source: requestOf(r.Context()).source}
	who.Source.Kind, who.Source.Session = door(session.Kind), session.ID
	requestOf(r.Context()).caller = who
	next(huma.WithValue(ctx, callerKey{}, who))
}

// background says whether a request came by nobody's doing: a page asked by itself, or a browser opened its live stream again. It
// leaves the session as idle as it was (draft Annex 11, 11.8).
func background(r *http.Request) bool {
	return r.Method == http.MethodGet && (r.Header.Get(backgroundHeader) == "true" || r.URL.Path == eventsPath)
}

// taskNamed is the task in the address of an operation; uuid.Nil if it names none.
func taskNamed(ctx huma.Context) uuid.UUID {
	if !strings.HasPrefix(ctx.Operation().Path, "/v1/tasks/{id}") {
		return uuid.Nil
	}
	id, err := uuid.Parse(ctx.Param("id"))
	if err != nil {
		return uuid.Nil // the operation says what is wrong with it
	}
	return id
}

// mayUse holds back a person whose password is one that an administrator gave (draft Annex 11, 11.4).
func mayUse(session *models.Session, op *huma.Operation) error {
	if !session.MustChange || op.Metadata[metaOldPassword] != nil {
		return nil
	}
	return models.Refuse(models.CodeForbidden, "Change your password first.", models.Reason{
		Rule: models.RuleMustChange, Text: "The password was given by an administrator; its owner changes it before anything else.",
	})
}

// token is the one in the Authorization header, else the cookie's.
func token(r *http.Request) string {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(token)
		}
		return ""
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		return cookie.Value
	}
	return ""
}

// source is from where a request came. Forwarded headers are not believed: anybody can write them.
func source(r *http.Request) models.Source {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return models.Source{Address: host, Device: printable(r.UserAgent())}
}

func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return clip(s, maxDevice)
}

// secureCookie says whether a browser may send the cookie over https only: everywhere but in the clear on this very machine.
func secureCookie(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		host = name
	}
	local := host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "[::1]"
	return r.TLS != nil || !local
}
