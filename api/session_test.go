// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func (w *world) login(t *testing.T, change map[string]string) reply {
	t.Helper()
	body := map[string]string{"organization": w.Slug, "username": "rita", "password": modeltest.Password}
	for k, v := range change {
		body[k] = v
	}
	return w.do(t, call{method: "POST", path: "/v1/session", body: body})
}

func TestACookieSession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.login(t, nil)
	started := into[api.SessionStarted](t, r, http.StatusCreated)
	require.Empty(t, started.Token, "a page's script has no business with the token")
	require.Equal(t, "cookie", started.Kind)
	require.Len(t, r.Cookies(), 1)
	cookie := r.Cookies()[0]
	require.Equal(t, "countersign_session", cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.False(t, cookie.Secure, "this test talks in the clear to its own machine")

	with := map[string]string{"Cookie": cookie.Name + "=" + cookie.Value}
	me := into[api.Me](t, w.do(t, call{method: "GET", path: "/v1/me", header: with}), http.StatusOK)
	require.Equal(t, "rita", me.Username)
	require.Equal(t, "cookie", me.Session.Kind)
	require.Len(t, me.Sites, 2)

	out := w.do(t, call{method: "DELETE", path: "/v1/session", header: with})
	require.Equal(t, http.StatusNoContent, out.StatusCode)
	require.Equal(t, -1, out.Cookies()[0].MaxAge)
	problem(t, w.do(t, call{method: "GET", path: "/v1/me", header: with}), http.StatusUnauthorized, models.CodeUnauthenticated)
}

func TestCookiesAreSecureAwayFromThisMachine(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.Server.URL+"/v1/session", jsonOf(map[string]string{
		"organization": w.Slug, "username": "rita", "password": modeltest.Password,
	}))
	require.NoError(t, err)
	r.Host = "quality.example.com"
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.True(t, res.Cookies()[0].Secure)
}

func TestWrongLoginsAreAllAlike(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var details []string
	for _, change := range []map[string]string{
		{"organization": "nobody"}, {"username": "nobody"}, {"password": "not this one"}, {"username": "mes"}, {"organization": "' OR 1=1 --"},
	} {
		p := problem(t, w.login(t, change), http.StatusUnauthorized, models.CodeUnauthenticated)
		require.Empty(t, p.Reasons)
		details = append(details, p.Detail)
	}
	for _, d := range details {
		require.Equal(t, details[0], d)
	}
}

func TestWrongLoginsAtTheSameInstantAreAllAnswered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var all sync.WaitGroup
	replies := make([]reply, 16)
	for i := range replies {
		all.Go(func() { replies[i] = w.login(t, map[string]string{"password": "not this one"}) })
	}
	all.Wait()
	for _, r := range replies {
		problem(t, r, http.StatusUnauthorized, models.CodeUnauthenticated)
	}
	problem(t, w.login(t, nil), http.StatusUnauthorized, models.CodeUnauthenticated) // locked by now
}

func TestMeSaysWhatBlocksSigning(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := into[api.Me](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.True(t, me.Signing.Ready)
	require.Empty(t, me.Signing.BlockedBy)
	require.Equal(t, []string{"username", "password"}, me.Signing.Components)
	require.True(t, me.Statement.Signed)
	require.NotEmpty(t, me.Statement.Text)
	require.Equal(t, w.Slug, me.Organization.Slug)
	require.Equal(t, "strict", me.Organization.SignatureRule)

	admin := into[api.Me](t, w.do(t, call{who: "ada", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.False(t, admin.Signing.Ready)
	machine := into[api.Me](t, w.do(t, call{who: "mes", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.Equal(t, "api_key", machine.Session.Kind)
	require.True(t, slices.ContainsFunc(machine.Signing.BlockedBy, func(r models.Reason) bool { return r.Rule == "service" }))
	problem(t, w.do(t, call{who: "mes", method: "DELETE", path: "/v1/session"}), http.StatusForbidden, models.CodeForbidden)
}

// newcomer is a person whom an administrator has just made, with a password that he has to change.
func (w *world) newcomer(t *testing.T) {
	t.Helper()
	id := models.NewID()
	person := models.Person{ID: id, Username: "nora", Name: "Nora New"}
	secrets, err := w.Hasher.FirstPassword(t.Context(), person, models.Secrets{Org: w.Org, User: id, PasswordOld: []string{}}, modeltest.Password, true, time.Now())
	require.NoError(t, err)
	receipt, err := w.Commit.Commit(t.Context(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: "admin.user_create", Actor: w.People["ada"], Source: models.Source{Kind: "api"}, Fingerprint: []byte("new"),
		Body: models.MustJSON(models.NewUser{ID: id, Kind: models.KindPerson, Username: "nora", Name: "Nora New", Secrets: &secrets}),
	})
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
	w.People["nora"] = id
}

func TestAGivenPasswordIsGoodForChangingItOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.newcomer(t)
	for _, c := range []call{
		{who: "nora", method: "GET", path: "/v1/records"}, {who: "nora", method: "POST", path: "/v1/requests", body: filing},
		{who: "nora", method: "POST", path: "/v1/me/statement", body: map[string]string{"statement": "accountability-1", "password": modeltest.Password}},
	} {
		p := problem(t, w.do(t, c), http.StatusForbidden, models.CodeForbidden)
		require.Equal(t, models.RuleMustChange, p.Reasons[0].Rule)
	}
	me := into[api.Me](t, w.do(t, call{who: "nora", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.True(t, me.MustChange)
	require.False(t, me.Signing.Ready)

	change := func(current, next string) call {
		return call{who: "nora", method: "POST", path: "/v1/me/password", key: "change-1", body: map[string]string{"current_password": current, "new_password": next}}
	}
	wrong := problem(t, w.do(t, change("not this one", "a better one 77 xyz")), http.StatusUnauthorized, models.CodeUnauthenticated)
	require.Equal(t, models.RulePassword, wrong.Reasons[0].Rule)
	weak := problem(t, w.do(t, change(modeltest.Password, "short")), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "new_password", weak.Errors[0].Path)
	into[api.Receipt](t, w.do(t, change(modeltest.Password, "a better one 77 xyz")), http.StatusOK)
	into[api.Receipt](t, w.do(t, change(modeltest.Password, "a better one 77 xyz")), http.StatusOK) // asked again: the same answer

	delete(w.tokens, "nora")
	r := w.login(t, map[string]string{"username": "nora", "password": "a better one 77 xyz", "kind": "bearer"})
	w.tokens["nora"] = into[api.SessionStarted](t, r, http.StatusCreated).Token
	me = into[api.Me](t, w.do(t, call{who: "nora", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.False(t, me.MustChange)
	require.False(t, me.Statement.Signed)

	sign := func(password string) call {
		return call{who: "nora", method: "POST", path: "/v1/me/statement", body: map[string]string{"statement": me.Statement.ID, "password": password}}
	}
	problem(t, w.do(t, sign("not this one")), http.StatusUnauthorized, models.CodeSigningRefused)
	into[api.Receipt](t, w.do(t, sign("a better one 77 xyz")), http.StatusOK)
	me = into[api.Me](t, w.do(t, call{who: "nora", method: "GET", path: "/v1/me"}), http.StatusOK)
	require.True(t, me.Statement.Signed)
	require.Equal(t, "identity", me.Signing.BlockedBy[0].Rule, "somebody else vouches for who she is")
}

func TestWrongPasswordsLockAndARevokedRoleBites(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.do(t, call{who: "quentin", method: "POST", path: task + "/claim"}), http.StatusOK)
	sheet := into[models.IntentResult](t, w.do(t, call{who: "quentin", method: "POST", path: task + "/signing", body: map[string]any{"outcome": "approved"}}), http.StatusCreated)
	complete := call{who: "quentin", method: "POST", path: task + "/complete", ifMatch: `"1"`, body: map[string]any{
		"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": "quentin", "password": "not this one"},
	}}
	bare := complete
	bare.body = map[string]any{"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "password": modeltest.Password}}
	for range 6 { // a name left out proves nothing and guesses nothing
		p := problem(t, w.do(t, bare), http.StatusUnauthorized, models.CodeSigningRefused)
		require.Equal(t, models.RuleComponentMissing, p.Reasons[0].Rule)
	}
	for range 5 {
		problem(t, w.do(t, complete), http.StatusUnauthorized, models.CodeSigningRefused)
	}
	complete.body = map[string]any{"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": "quentin", "password": modeltest.Password}}
	problem(t, w.do(t, complete), http.StatusUnauthorized, models.CodeUnauthenticated) // locked: the session is over
}

// ahead is by how much the world's clock goes before the real one, in nanoseconds.
func (w *world) ahead() *atomic.Int64 {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	w.API.Now, w.API.Auth.Now, w.Commit.Now = now, now, now
	return &ahead
}

// What a page asks by itself, and a live stream that is opened again, keep nobody logged in; what a person does keeps him.
func TestAnInboxThatNobodyLooksAtEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ahead := w.ahead()
	w.API.Live = api.NewEvents(w.DB.DB, slog.New(slog.DiscardHandler))
	alone := map[string]string{"Countersign-Background": "true"}
	ask := func(who, path string, header map[string]string) int {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel() // a stream has no other end
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Server.URL+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+w.token(t, who))
		for name, value := range header {
			r.Header.Set(name, value)
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	for _, who := range []string{"rita", "quinn", "otto"} {
		require.Equal(t, http.StatusOK, ask(who, "/v1/me", nil))
	}
	for range 2 { // of the 15 minutes that a session may be idle
		ahead.Add(int64(6 * time.Minute))
		require.Equal(t, http.StatusOK, ask("rita", "/v1/tasks?box=mine", alone))
		require.Equal(t, http.StatusOK, ask("quinn", "/v1/tasks?box=mine", nil))
		require.Equal(t, http.StatusOK, ask("otto", "/v1/events", nil))
	}
	ahead.Add(int64(6 * time.Minute))
	require.Equal(t, http.StatusUnauthorized, ask("rita", "/v1/tasks?box=mine", alone))
	require.Equal(t, http.StatusUnauthorized, ask("rita", "/v1/me", nil))
	require.Equal(t, http.StatusUnauthorized, ask("otto", "/v1/events", nil))
	require.Equal(t, http.StatusOK, ask("quinn", "/v1/me", alone))
}

// Only reading may be marked as nobody's doing: a command is somebody's.
func TestACommandKeepsTheSession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ahead := w.ahead()
	alone := map[string]string{"Countersign-Background": "true"}
	w.token(t, "rita")
	for range 2 {
		ahead.Add(int64(10 * time.Minute))
		require.Equal(t, http.StatusCreated, w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: filing, header: alone}).StatusCode)
	}
}
