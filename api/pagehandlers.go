// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
)

// maxForm is the size of a page's form, in bytes.
const maxForm = 16 << 10

// pageRoutes are the pages that work without JavaScript. They go through the same middleware as the API: another site's form
// is refused there.
func (a *API) pageRoutes(router chi.Router) {
	pages.Routes(router)
	router.Get("/login", a.page(a.loginPage))
	router.Post("/login", a.page(a.logInByForm))
	router.Get("/logout", a.page(a.logoutPage))
	router.Post("/logout", a.page(a.logOutByForm))
	router.Get("/t/{id}", a.page(a.taskPage))
	router.Get("/print/records/{id}", a.page(a.printPage))
	router.Post("/print/records/{id}", a.page(a.printByForm))
}

// page answers with what a handler draws, and with a page that says what went wrong where it could not.
func (a *API) page(handle func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := readForm(w, r)
		if err == nil {
			err = handle(w, r)
		}
		if err == nil {
			return
		}
		problem := problemPage(r, err)
		if problem.Status == http.StatusUnauthorized {
			http.Redirect(w, r, loginAddress(r.URL.RequestURI(), "", true), http.StatusSeeOther)
			return
		}
		draw(w, r, problem.Status, &pages.Problem{Title: problem.Title, Detail: problem.Detail, Request: problem.Instance, Link: "/", Says: "To the inbox"})
	}
}

func problemPage(r *http.Request, err error) *Problem {
	changes := r.Method != http.MethodGet
	return newProblem(explain(r.Context(), http.StatusInternalServerError, "", []error{err}, changes), requestID(r.Context()), changes)
}

// draw writes a page. One that cannot be drawn is a fault of ours.
func draw(w http.ResponseWriter, r *http.Request, status int, page pages.Page) {
	if err := pages.Write(w, status, page); err != nil {
		logger(r.Context()).ErrorContext(r.Context(), "a page was not drawn", "error", err)
		fail(w, r, models.Refuse(models.CodeInternal, "The page could not be drawn."))
	}
}

// readForm reads what a form sent, and refuses what no text column can hold.
func readForm(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	conn := http.NewResponseController(w)
	limited := conn.SetReadDeadline(time.Now().Add(bodyTime)) == nil
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	if limited {
		_ = conn.SetReadDeadline(time.Time{}) // it was set a moment ago, so it can be taken off
	}
	if err != nil {
		return models.Refuse(models.CodeMalformed, "The form did not arrive whole, or was too large.")
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if !plain(name) || !plain(v) {
				return badText("form." + clip(name, maxPath))
			}
		}
	}
	return nil
}

// visitor is who asks for a page. CodeUnauthenticated for nobody.
func (a *API) visitor(r *http.Request) (context.Context, *caller, error) {
	session, err := a.Auth.Authenticate(r.Context(), token(r))
	if err != nil {
		return r.Context(), nil, err
	}
	request := requestOf(r.Context())
	who := &caller{Session: session, Source: request.source}
	who.Source.Kind, who.Source.Session = door(session.Kind), session.ID
	request.caller = who
	return context.WithValue(r.Context(), callerKey{}, who), who, nil
}

// worker is a visitor whose password is his own: with one that was given he changes it before anything else.
func (a *API) worker(r *http.Request) (context.Context, *caller, error) {
	ctx, c, err := a.visitor(r)
	if err == nil && c.MustChange {
		err = models.Refuse(models.CodeForbidden, "Change your password in the app first: it was given to you by an administrator.")
	}
	return ctx, c, err
}

// pageID reads the id in the address of a page. What is no id is not there.
func pageID(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return uuid.Nil, models.Refuse(models.CodeNotFound, "There is nothing at this address.")
	}
	return id, nil
}

func loginAddress(next, organization string, ended bool) string {
	query := url.Values{"next": {next}}
	if organization != "" {
		query.Set("organization", organization)
	}
	if ended {
		query.Set("ended", "true")
	}
	return "/login?" + query.Encode()
}
