// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

type loginInput struct {
	Body struct {
		Organization string `json:"organization" minLength:"1" maxLength:"200" doc:"Its short name, as in the login page's address."`
		Username     string `json:"username" minLength:"1" maxLength:"200"`
		Password     string `json:"password" minLength:"1" maxLength:"1000"`
		TOTP         string `json:"totp,omitempty" maxLength:"20" doc:"One-time code, once a token is enrolled."`
		Kind         string `json:"kind,omitempty" enum:"cookie,bearer" default:"cookie" doc:"cookie for a browser, bearer for a program."`
	}
}

type loginOutput struct {
	Cookie string `header:"Set-Cookie"`
	Body   SessionStarted
}

// SessionStarted is a new session. The token of a bearer session is shown this once.
type SessionStarted struct {
	ID         string    `json:"id" format:"uuid"`
	Kind       string    `json:"kind" enum:"cookie,bearer"`
	Token      string    `json:"token,omitempty"`
	Person     Named     `json:"person"`
	StartedAt  time.Time `json:"started_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	MustChange bool      `json:"must_change" doc:"The password has to be changed before anything else."`
}

func (a *API) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	r := requestOf(ctx)
	from := r.source
	from.Kind = door(in.Body.Kind)
	result, err := a.Auth.Login(ctx, auth.LoginRequest{
		Organization: in.Body.Organization, Username: in.Body.Username, Password: in.Body.Password, TOTP: in.Body.TOTP,
		Source: from, Kind: in.Body.Kind,
	})
	if err != nil {
		return nil, err
	}
	s := result.Session
	out := &loginOutput{Body: SessionStarted{
		ID: s.ID, Kind: s.Kind, Person: Named{ID: s.Person.ID, Name: s.Person.Name}, StartedAt: s.StartedAt, ExpiresAt: s.ExpiresAt,
		MustChange: result.MustChange,
	}}
	if s.Kind == models.SessionBearer {
		out.Body.Token = result.Token
		return out, nil
	}
	out.Cookie = sessionCookie(result.Token, s.ExpiresAt, r.secure)
	return out, nil
}

type logoutOutput struct {
	Cookie string `header:"Set-Cookie"`
}

func (a *API) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	c := callerOf(ctx)
	if c.Kind == models.SessionAPIKey {
		return nil, models.Refuse(models.CodeForbidden, "An API key is no session: an administrator revokes it.",
			models.Reason{Rule: models.RuleServiceAccount, Text: "A service account does not end its own key."})
	}
	if err := a.Auth.Logout(ctx, c.Session, c.Source); err != nil {
		return nil, unsettled(err)
	}
	return &logoutOutput{Cookie: sessionCookie("", time.Time{}, requestOf(ctx).secure)}, nil
}

// sessionCookie is the header that sets the cookie, or takes it away where there is no token.
func sessionCookie(token string, expires time.Time, secure bool) string {
	cookie := http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure, Expires: expires}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie.String()
}

// door is the kind of source that a kind of session stands for (11.10(h)).
func door(kind string) string {
	switch kind {
	case models.SessionCookie:
		return ledger.SourceUI
	case models.SessionAPIKey:
		return ledger.SourceAPIKey
	default:
		return ledger.SourceAPI
	}
}
