// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// browser keeps cookies and follows nothing by itself.
type browser struct {
	*http.Client
	w *world
}

func (w *world) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{w: w, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) send(t *testing.T, r *http.Request) reply {
	t.Helper()
	res, err := b.Do(r)
	require.NoError(t, err)
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return reply{res, raw}
}

func (b *browser) get(t *testing.T, path string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.w.Server.URL+path, nil)
	require.NoError(t, err)
	return b.send(t, r)
}

func (b *browser) post(t *testing.T, path string, form url.Values, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.w.Server.URL+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.send(t, r)
}

func (b *browser) login(t *testing.T, who string) {
	t.Helper()
	r := b.post(t, "/login", url.Values{"organization": {b.w.Slug}, "username": {who}, "password": {modeltest.Password}})
	require.Equal(t, http.StatusSeeOther, r.StatusCode, "%s", r.raw)
}

func TestLoginWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := w.browser(t)
	page := b.get(t, "/login?next=/t/1&organization="+w.Slug)
	require.Equal(t, http.StatusOK, page.StatusCode)
	policy := page.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, policy, "script-src")
	require.Contains(t, string(page.raw), `value="`+w.Slug+`"`)
	require.NotContains(t, string(page.raw), "<script")
	require.NotContains(t, string(page.raw), "Demo")
	require.Equal(t, http.StatusOK, b.get(t, "/pages/pages.css").StatusCode)

	form := url.Values{"organization": {w.Slug}, "username": {"quinn"}, "password": {"not this one"}, "next": {"/t/1"}}
	texts := map[string]bool{}
	for _, wrong := range []map[string]string{{}, {"username": "nobody"}, {"organization": "nowhere"}} {
		attempt := url.Values{}
		for name := range form {
			attempt.Set(name, form.Get(name))
		}
		for name, value := range wrong {
			attempt.Set(name, value)
		}
		r := b.post(t, "/login", attempt)
		require.Equal(t, http.StatusUnauthorized, r.StatusCode)
		_, text, _ := strings.Cut(string(r.raw), `id="refused">`)
		text, _, _ = strings.Cut(text, "</p>")
		texts[text] = true
		require.NotContains(t, string(r.raw), "not this one", "a password is never in a page")
	}
	require.Len(t, texts, 1, "which part was wrong is not told: %v", texts)

	form.Set("password", modeltest.Password)
	r := b.post(t, "/login", form, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, r.StatusCode, "another site's form")
	r = b.post(t, "/login", form)
	require.Equal(t, http.StatusSeeOther, r.StatusCode)
	require.Equal(t, "/t/1", r.Header.Get("Location"))
	cookie := r.Cookies()[0]
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "Quinn Quist", into[api.Me](t, b.get(t, "/v1/me"), http.StatusOK).Name)
	require.Equal(t, "/inbox", b.get(t, "/login?next=/inbox").Header.Get("Location"), "logged in already")
	require.Contains(t, string(b.get(t, "/login").raw), "You are logged in as Quinn Quist")

	r = b.post(t, "/login", url.Values{"organization": {w.Slug}, "username": {"rita"}, "password": {modeltest.Password}, "next": {"https://evil.example/"}})
	require.Equal(t, "/", r.Header.Get("Location"))
	require.Equal(t, "Rita Reporter", into[api.Me](t, b.get(t, "/v1/me"), http.StatusOK).Name)
	before := call{method: "GET", path: "/v1/me", header: map[string]string{"Cookie": "countersign_session=" + cookie.Value}}
	require.Equal(t, http.StatusUnauthorized, w.do(t, before).StatusCode, "the session before is over")

	require.Contains(t, string(b.get(t, "/logout").raw), "Rita Reporter")
	require.Equal(t, http.StatusOK, b.get(t, "/v1/me").StatusCode, "asking ends nothing")
	require.Equal(t, "/login", b.post(t, "/logout", nil).Header.Get("Location"))
	require.Equal(t, http.StatusUnauthorized, b.get(t, "/v1/me").StatusCode)
}

func TestALockedAccountIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := w.browser(t)
	form := url.Values{"organization": {w.Slug}, "username": {"quinn"}, "password": {"not this one"}}
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, b.post(t, "/login", form).StatusCode)
	}
	form.Set("password", modeltest.Password)
	r := b.post(t, "/login", form)
	require.Equal(t, http.StatusUnauthorized, r.StatusCode)
	require.Contains(t, string(r.raw), "or the account is locked; an administrator unlocks it.")
}

func TestBadFormsAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := w.browser(t)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(t, "/login", url.Values{"username": {"a\x00b"}}).StatusCode)
	require.Equal(t, http.StatusBadRequest, b.post(t, "/login", url.Values{"password": {strings.Repeat("a", 20<<10)}}).StatusCode)
	require.Equal(t, http.StatusUnauthorized, b.post(t, "/login", nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, b.post(t, "/login", url.Values{"demo": {"quinn"}}).StatusCode, "no demo here")
}

func TestTheDemoLogsInWithOneClick(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.API.Demo = &api.Demo{Password: modeltest.Password, Demo: pages.Demo{Organization: w.Slug, Name: "Acme Pharma", Groups: []pages.DemoGroup{
		{Role: "Qa approver", MayNot: "approve what they worked on", People: []pages.DemoPerson{{Username: "quinn", Name: "Quinn Quist", Site: "all sites"}}},
	}}}
	b := w.browser(t)
	page := string(b.get(t, "/login").raw)
	require.Contains(t, page, "Demo, not for GMP use")
	require.Contains(t, page, "approve what they worked on")
	require.NotContains(t, page, modeltest.Password)
	require.Equal(t, http.StatusSeeOther, b.post(t, "/login", url.Values{"demo": {"quinn"}, "next": {"/"}}).StatusCode)
	require.Equal(t, "Quinn Quist", into[api.Me](t, b.get(t, "/v1/me"), http.StatusOK).Name)
	require.Equal(t, http.StatusUnauthorized, b.post(t, "/login", url.Values{"demo": {"nobody"}}).StatusCode)
}

func TestTheLandingPageOfATask(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	path := "/t/" + record.Tasks[0].ID.String() + "?o=" + w.Slug
	b := w.browser(t)
	for _, link := range []string{path, "/t/" + models.NewID().String() + "?o=" + w.Slug} {
		stranger := b.get(t, link)
		require.Equal(t, http.StatusOK, stranger.StatusCode, "whether there is such a task is not told")
		require.Contains(t, string(stranger.raw), "A task of "+w.Slug)
		require.NotContains(t, string(stranger.raw), record.Number)
	}
	require.NotContains(t, string(b.get(t, "/t/"+record.Tasks[0].ID.String()+"?o=<b>x</b>").raw), "<b>")
	_, link, _ := strings.Cut(string(b.get(t, path).raw), `class="button" href="`)
	link, _, _ = strings.Cut(link, `"`)
	address, err := url.Parse(strings.ReplaceAll(link, "&amp;", "&"))
	require.NoError(t, err)
	require.Equal(t, path, address.Query().Get("next"), "the login leads back")

	b.login(t, "quinn")
	page := b.get(t, path)
	require.Equal(t, http.StatusOK, page.StatusCode)
	for _, text := range []string{record.Number, "Approval", "Nobody yet", "Berlin", "/inbox?task=" + record.Tasks[0].ID.String()} {
		require.Contains(t, string(page.raw), text)
	}
	require.Equal(t, http.StatusNotFound, b.get(t, "/t/"+models.NewID().String()).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(t, "/t/nonsense").StatusCode)
	w.decide(t, "quentin", record)
	require.Contains(t, string(b.get(t, path).raw), "Decided: Approved, by Quentin Quade")

	stranger := w.browser(t)
	stranger.login(t, "olga")
	require.Equal(t, http.StatusNotFound, stranger.get(t, path).StatusCode)
}

func TestAPrintedRecord(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line 3 too cold")
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/records/" + d.ID.String() + "/correct", ifMatch: `"1"`, body: map[string]any{"changes": []any{
		map[string]any{"field": "report.title", "to": "Blister line 4 too cold", "reason": "line misread <b>"},
	}}}), http.StatusOK)
	b := w.browser(t)
	b.login(t, "quinn")
	print := "/v1/records/" + d.ID.String() + "/print"
	made := into[api.PrintMade](t, w.do(t, call{who: "quinn", method: "POST", path: print, body: map[string]any{}, key: "copy-1"}), http.StatusCreated)
	again := into[api.PrintMade](t, w.do(t, call{who: "quinn", method: "POST", path: print, body: map[string]any{}, key: "copy-1"}), http.StatusCreated)
	require.Equal(t, made, again)
	require.Equal(t, 2, made.Version, "a print makes no version")

	other := w.browser(t)
	other.login(t, "quentin")
	require.Contains(t, string(other.get(t, made.URL).raw), "for the person who made it")
	page := b.get(t, made.URL)
	require.Equal(t, http.StatusOK, page.StatusCode)
	text := string(page.raw)
	for _, part := range []string{
		"Uncontrolled copy of version 2", d.Number, made.ContentHash, made.Event.String(), "Quinn Quist", "<del>Blister line 3 too cold</del>", "Blister line 4 too cold",
		"changed by Quinn Quist", "line misread &lt;b&gt;", "(UTC&#43;0", `counter(page) " of " counter(pages)`, "There is no signature",
	} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, page.Header.Get("Content-Security-Policy"), "unsafe")
	require.NotContains(t, text, "<script")
	require.Contains(t, string(b.get(t, made.URL).raw), "good once", "the link opens once")

	trail := into[items[api.AuditEvent]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records/" + d.ID.String() + "/history?sort=-at"}), http.StatusOK)
	require.Equal(t, "record.print", trail.Items[0].Action)
	require.Equal(t, *made.Event, trail.Items[0].ID)

	ask := b.get(t, "/print/records/"+d.ID.String()+"?version=1")
	require.Contains(t, string(ask.raw), `value="1"`)
	form := url.Values{"version": {"1"}, "key": {"copy-2"}}
	old := b.get(t, b.post(t, "/print/records/"+d.ID.String(), form).Header.Get("Location"))
	require.Contains(t, string(old.raw), "an earlier version: the record stands at version 2")
	require.NotContains(t, string(old.raw), "Blister line 4")
	require.Contains(t, string(old.raw), "No data was changed since its original entry")
	form = url.Values{"version": {"9"}, "key": {"copy-3"}}
	require.Equal(t, http.StatusUnprocessableEntity, b.post(t, "/print/records/"+d.ID.String(), form).StatusCode)
	problem(t, w.do(t, call{who: "olga", method: "POST", path: print, body: map[string]any{}}), http.StatusNotFound, models.CodeNotFound)
	require.Equal(t, http.StatusSeeOther, w.browser(t).get(t, made.URL).StatusCode, "nobody is asked to log in")

	request := w.fileRequest(t)
	w.decide(t, "quentin", request)
	copied := into[api.PrintMade](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/records/" + request.ID.String() + "/print", body: map[string]any{}}), http.StatusCreated)
	signed := string(b.get(t, copied.URL).raw)
	for _, part := range []string{"Quentin Quade", "Final approval", "Valid: checked when this copy was made", "Approval: Approved", "CE"} {
		require.Contains(t, signed, part)
	}
}

func TestALinkToACopyIsGoodForMinutes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	request := w.fileRequest(t)
	b := w.browser(t)
	b.login(t, "quinn")
	copied := into[api.PrintMade](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/records/" + request.ID.String() + "/print", body: map[string]any{}}), http.StatusCreated)
	w.API.Now = func() time.Time { return time.Now().Add(11 * time.Minute) }
	require.Contains(t, string(b.get(t, copied.URL).raw), "for a few minutes")
}
