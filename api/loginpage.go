// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
)

// Demo is the demo organization of a server on a loopback address. Everybody knows its password.
type Demo struct {
	pages.Demo
	Password string
}

// loginPage is GET /login. Whoever is logged in already goes on where he wanted to; on a demo server he may change who he is.
func (a *API) loginPage(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	page := &pages.Login{
		Organization: query.Get("organization"), Username: query.Get("username"), Next: pages.LocalPath(query.Get("next")),
		Ended: query.Get("ended") == "true",
	}
	a.withDemo(page)
	_, c, err := a.visitor(r)
	switch {
	case err == nil && query.Get("next") != "":
		http.Redirect(w, r, page.Next, http.StatusSeeOther)
		return nil
	case err == nil:
		page.Here = c.Person.Name
	case !refusedAs(err, models.CodeUnauthenticated):
		return err
	}
	draw(w, r, http.StatusOK, page)
	return nil
}

func (a *API) withDemo(page *pages.Login) {
	if a.Demo == nil {
		return
	}
	page.Demo = &a.Demo.Demo
	if page.Organization == "" {
		page.Organization = a.Demo.Organization
	}
}

func refusedAs(err error, code models.Code) bool {
	e, ok := models.AsError(err)
	return ok && e.Code == code
}

// logInByForm is POST /login: the same login as POST /v1/session, for a browser.
func (a *API) logInByForm(w http.ResponseWriter, r *http.Request) error {
	request := requestOf(r.Context())
	attempt := auth.LoginRequest{
		Organization: strings.TrimSpace(r.PostForm.Get("organization")), Username: strings.TrimSpace(r.PostForm.Get("username")),
		Password: r.PostForm.Get("password"), TOTP: strings.TrimSpace(r.PostForm.Get("totp")), Source: request.source, Kind: models.SessionCookie,
	}
	attempt.Source.Kind = door(models.SessionCookie)
	if who := r.PostForm.Get("demo"); who != "" && a.Demo != nil {
		attempt.Organization, attempt.Username, attempt.Password = a.Demo.Organization, who, a.Demo.Password
	}
	page := &pages.Login{Organization: attempt.Organization, Username: attempt.Username, Next: pages.LocalPath(r.PostForm.Get("next"))}
	result, err := a.Auth.Login(r.Context(), attempt)
	if refusedAs(err, models.CodeUnauthenticated) {
		a.withDemo(page)
		refusal, _ := models.AsError(err)
		page.Refused = refusal.Message
		draw(w, r, http.StatusUnauthorized, page)
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.leaveSession(r); err != nil {
		return err
	}
	w.Header().Set("Set-Cookie", sessionCookie(result.Token, result.Session.ExpiresAt, request.secure))
	http.Redirect(w, r, page.Next, http.StatusSeeOther)
	return nil
}

// leaveSession ends the session that the browser had before: nobody could end it afterwards.
func (a *API) leaveSession(r *http.Request) error {
	_, c, err := a.visitor(r)
	if refusedAs(err, models.CodeUnauthenticated) || err == nil && c.Kind != models.SessionCookie {
		return nil
	}
	if err != nil {
		return err
	}
	return unsettled(a.Auth.Logout(r.Context(), c.Session, c.Source))
}

// logoutPage is GET /logout. It asks: nothing changes by following a link.
func (a *API) logoutPage(w http.ResponseWriter, r *http.Request) error {
	page := &pages.Logout{}
	_, c, err := a.visitor(r)
	switch {
	case err == nil:
		page.Here = c.Person.Name
	case !refusedAs(err, models.CodeUnauthenticated):
		return err
	}
	draw(w, r, http.StatusOK, page)
	return nil
}

// logOutByForm is POST /logout.
func (a *API) logOutByForm(w http.ResponseWriter, r *http.Request) error {
	if err := a.leaveSession(r); err != nil {
		return err
	}
	w.Header().Set("Set-Cookie", sessionCookie("", time.Time{}, requestOf(r.Context()).secure))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
