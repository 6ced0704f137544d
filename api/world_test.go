// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
)

// direct is the engine's fallback path: every command goes straight to Commit, as it does when a process is over or gone.
type direct struct{ commit api.Committer }

func (d direct) Start(ctx context.Context, _ models.CaseInput, cmd models.Command) (models.Receipt, error) {
	return d.commit.Commit(ctx, cmd)
}

func (d direct) Command(ctx context.Context, _ string, cmd models.Command) (models.Receipt, error) {
	return d.commit.Commit(ctx, cmd)
}

func (d direct) Running(context.Context, uuid.UUID, string, uuid.UUID) (status, run string, err error) {
	return "not_found", "", nil
}

// world is the standard world behind a real server.
type world struct {
	*modeltest.World
	API    *api.API
	Server *httptest.Server
	tokens map[string]string
	log    *locked
}

// setup serves the API on a database of the test's own.
func setup(t *testing.T) *world {
	t.Helper()
	m := modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
	w := &world{World: m, tokens: map[string]string{}, log: &locked{}}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	box, err := auth.NewSecretBox(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	w.API = &api.API{
		DB: m.DB.DB, Policy: m.Policy, Commit: m.Commit, Engine: direct{m.Commit}, Types: m.Commit.Types, Forms: m.Commit.Forms, Log: log, Now: time.Now,
		Auth: &auth.Service{
			Store: m.DB.DB, Committer: m.Commit, Hasher: m.Hasher, Box: box, Log: auth.NewSecurityLog(log), Now: time.Now, FailureTime: time.Millisecond,
		},
	}
	w.Server = httptest.NewServer(w.API.Handler())
	t.Cleanup(w.Server.Close)
	return w
}

// call is one request: who asks (nobody for ""), what, and what goes with it.
type call struct {
	who     string
	method  string
	path    string
	body    any // a string goes as it is
	key     string
	ifMatch string
	header  map[string]string
}

// reply is what came back.
type reply struct {
	*http.Response
	raw []byte
}

// do sends a request. Without a key a POST or PUT has one of its own.
func (w *world) do(t *testing.T, c call) reply {
	t.Helper()
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		body = bytes.NewReader(models.MustJSON(b))
	}
	r, err := http.NewRequestWithContext(t.Context(), c.method, w.Server.URL+c.path, body)
	require.NoError(t, err)
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if (c.method == http.MethodPost || c.method == http.MethodPut) && c.key == "" {
		c.key = models.NewID().String()
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	if c.ifMatch != "" {
		r.Header.Set("If-Match", c.ifMatch)
	}
	if c.who != "" {
		r.Header.Set("Authorization", "Bearer "+w.token(t, c.who))
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return reply{res, raw}
}

// token logs somebody in once.
func (w *world) token(t *testing.T, who string) string {
	t.Helper()
	if token, ok := w.tokens[who]; ok {
		return token
	}
	if who == "mes" {
		w.tokens[who] = w.apiKey(t, who)
		return w.tokens[who]
	}
	started := into[api.SessionStarted](t, w.do(t, call{method: "POST", path: "/v1/session", body: map[string]string{
		"organization": w.Slug, "username": who, "password": modeltest.Password, "kind": "bearer",
	}}), http.StatusCreated)
	require.NotEmpty(t, started.Token)
	w.tokens[who] = started.Token
	return started.Token
}

// apiKey makes a key of a service account, as an administrator does.
func (w *world) apiKey(t *testing.T, who string) string {
	t.Helper()
	now := time.Now()
	text, start, err := auth.NewAPIKey(w.Org, models.Person{ID: w.People[who], Kind: models.KindService}, "line", now.Add(time.Hour), now)
	require.NoError(t, err)
	receipt, err := w.Commit.Commit(t.Context(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: "admin.api_key_create", Actor: w.People["ada"], Source: models.Source{Kind: "api"},
		Body: models.MustJSON(start), Fingerprint: []byte("key"),
	})
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	return text
}

// into reads an answer of a status.
func into[T any](t *testing.T, r reply, status int) T {
	t.Helper()
	var out T
	require.Equal(t, status, r.StatusCode, "%s", r.raw)
	require.NoError(t, json.Unmarshal(r.raw, &out), "%s", r.raw)
	return out
}

// problem reads an answer that has to be a problem of a kind.
func problem(t *testing.T, r reply, status int, code models.Code) api.Problem {
	t.Helper()
	p := into[api.Problem](t, r, status)
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	require.Equal(t, "https://countersign.dev/problems/"+string(code), p.Type, "%s", r.raw)
	require.Equal(t, status, p.Status)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	require.Equal(t, r.Header.Get("X-Request-Id"), p.Instance)
	return p
}

// other makes a second organization in the same database, and serves it through the same API.
func (w *world) otherOrganization(t *testing.T) (slug string) {
	t.Helper()
	org := models.NewID()
	slug = "other-" + org.String()
	day := models.Hours{{From: 8 * 60, To: 17 * 60}}
	calendar := models.Calendar{
		ID: models.NewID(), Name: "Other", Zone: "Europe/Berlin", Week: [7]models.Hours{nil, day, day, day, day, day, nil}, Holidays: []models.Holiday{}, Extra: []models.ExtraDay{},
	}
	user := models.NewUser{ID: models.NewID(), Kind: models.KindPerson, Username: "eve", Name: "Eve Else"}
	secrets, err := w.Hasher.FirstPassword(t.Context(), models.Person{ID: user.ID, Username: user.Username, Name: user.Name},
		models.Secrets{Org: org, User: user.ID, PasswordOld: []string{}}, modeltest.Password, false, time.Now())
	require.NoError(t, err)
	user.Secrets = &secrets
	site := models.NewID().String()
	require.NoError(t, w.Commit.Found(t.Context(), org, newOrganization(slug, calendar, site, user), w.Keys))
	started := into[api.SessionStarted](t, w.do(t, call{method: "POST", path: "/v1/session", body: map[string]string{
		"organization": slug, "username": "eve", "password": modeltest.Password, "kind": "bearer",
	}}), http.StatusCreated)
	w.tokens["eve"] = started.Token
	return slug
}

func sites(calendar models.Calendar, site string) []postgres.SiteRow {
	return []postgres.SiteRow{{ID: site, Name: "Elsewhere", Zone: "Europe/Berlin", Calendar: calendar.ID}}
}
