// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// failing is an engine that fails in a way of its own.
type failing struct {
	direct
	err   error
	panic any
}

func (f failing) Start(context.Context, models.CaseInput, models.Command) (models.Receipt, error) {
	if f.panic != nil {
		panic(f.panic)
	}
	return models.Receipt{}, f.err
}

var filing = map[string]any{"site": modeltest.Berlin, "data": map[string]any{}}

func TestInternalErrorsAreLoggedAndNeverTold(t *testing.T) {
	t.Parallel()
	const secret = "db-7.internal says password=hunter2"
	for name, test := range map[string]struct {
		engine  failing
		status  int
		code    models.Code
		retries bool
	}{
		"ordinary error":    {engine: failing{err: errors.New(secret)}, status: http.StatusInternalServerError, code: models.CodeInternal},
		"panic":             {engine: failing{panic: secret}, status: http.StatusInternalServerError, code: models.CodeInternal},
		"database is gone":  {engine: failing{err: &pgconn.PgError{Code: "57P01", Message: secret}}, status: http.StatusServiceUnavailable, code: models.CodeUnknown, retries: true},
		"engine is gone":    {engine: failing{err: errors.Join(models.Refuse(models.CodeUnknown, "No answer."), errors.New(secret))}, status: http.StatusServiceUnavailable, code: models.CodeUnknown, retries: true},
		"no answer in time": {engine: failing{err: context.DeadlineExceeded}, status: http.StatusServiceUnavailable, code: models.CodeUnknown, retries: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.API.Engine = test.engine
			r := w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: filing})
			p := problem(t, r, test.status, test.code)
			require.NotContains(t, string(r.raw), "hunter2")
			require.NotContains(t, string(r.raw), "db-7")
			require.Equal(t, test.retries, r.Header.Get("Retry-After") != "")
			w.Server.Close()
			require.Contains(t, w.log.String(), p.Instance)
		})
	}
}

func TestDefaultsAreReplaced(t *testing.T) { //nolint:tparallel // its parts share one world
	t.Parallel()
	w := setup(t)
	login := func(body string) call { return call{method: "POST", path: "/v1/session", body: body} }
	file := func(body string) call { return call{who: "rita", method: "POST", path: "/v1/requests", body: body} }
	for name, test := range map[string]struct {
		call
		status int
		code   models.Code
		path   string // of the first located problem
		field  string // its code
	}{
		"no such address":        {call{method: "GET", path: "/v1/nothing"}, 404, models.CodeNotFound, "", ""},
		"no such method":         {call{method: "PATCH", path: "/v1/me"}, 405, "method_not_allowed", "", ""},
		"strange method":         {call{method: "BREW", path: "/v1/me"}, 405, "method_not_allowed", "", ""},
		"unknown parameter":      {call{who: "rita", method: "GET", path: "/v1/records?stat=open"}, 422, models.CodeInvalid, "query.stat", "unknown"},
		"repeated parameter":     {call{who: "rita", method: "GET", path: "/v1/records?state=a&state=b"}, 422, models.CodeInvalid, "query.state", "repeated"},
		"parameter of no choice": {call{who: "rita", method: "GET", path: "/v1/tasks?box=yours"}, 422, models.CodeInvalid, "query.box", "enum"},
		"limit too large":        {call{who: "rita", method: "GET", path: "/v1/records?limit=100000"}, 422, models.CodeInvalid, "query.limit", "too_large"},
		"limit no number":        {call{who: "rita", method: "GET", path: "/v1/records?limit=many"}, 422, models.CodeInvalid, "query.limit", "type"},
		"instant no instant":     {call{who: "rita", method: "GET", path: "/v1/records?due_before=tomorrow"}, 422, models.CodeInvalid, "query.due_before", "format"},
		"id no id":               {call{who: "rita", method: "GET", path: "/v1/records/7"}, 422, models.CodeInvalid, "path.id", "format"},
		"forged cursor":          {call{who: "rita", method: "GET", path: "/v1/records?cursor=bm9uc2Vuc2U"}, 422, models.CodeInvalid, "query.cursor", "invalid"},
		"NUL in the query":       {call{who: "rita", method: "GET", path: "/v1/records?q=a%00b"}, 422, models.CodeInvalid, "query.q", "character"},
		"NUL in a name":          {call{who: "rita", method: "GET", path: "/v1/records?%00=b"}, 400, models.CodeMalformed, "", ""},
		"broken UTF-8 in query":  {call{who: "rita", method: "GET", path: "/v1/records?q=%ff"}, 422, models.CodeInvalid, "query.q", "character"},
		"broken escape":          {call{who: "rita", method: "GET", path: "/v1/records?q=%zz"}, 400, models.CodeMalformed, "", ""},
		"NUL in the path":        {call{who: "rita", method: "GET", path: "/v1/forms/a%00b"}, 404, models.CodeNotFound, "", ""},
		"no body":                {login(""), 400, models.CodeMalformed, "", ""},
		"no JSON":                {login("{"), 400, models.CodeMalformed, "", ""},
		"two values":             {login(`{} {}`), 400, models.CodeMalformed, "", ""},
		"no object":              {login(`[]`), 422, models.CodeInvalid, "", "type"},
		"missing fields":         {login(`{}`), 422, models.CodeInvalid, "organization", "required"},
		"unknown field":          {file(`{"site":"x","data":{},"state":"closed"}`), 422, models.CodeInvalid, "state", "unknown"},
		"other spelling":         {file(`{"Site":"x","data":{}}`), 422, models.CodeInvalid, "site", "required"},
		"wrong type":             {file(`{"site":7,"data":{}}`), 422, models.CodeInvalid, "site", "type"},
		"data no object":         {file(`{"site":"x","data":[]}`), 422, models.CodeInvalid, "data", "type"},
		"owner no id":            {file(`{"site":"x","owner":"me","data":{}}`), 422, models.CodeInvalid, "owner", "format"},
		"NUL in the body":        {file(`{"site":"x","data":{"a":[{"b":"x\u0000y"}]}}`), 422, models.CodeInvalid, "data.a[0].b", "character"},
		"NUL in a key":           {file(`{"site":"x","data":{"a\u0000":1}}`), 422, models.CodeInvalid, "data", "character"},
		"half a character":       {file(`{"site":"x","data":{"a":"\ud800"}}`), 400, models.CodeMalformed, "", ""},
		"other half":             {file(`{"site":"x","data":{"a":"x\udc00"}}`), 400, models.CodeMalformed, "", ""},
		"half and an escape":     {file(`{"site":"x","data":{"a":"\ud800\n"}}`), 400, models.CodeMalformed, "", ""},
		"broken UTF-8":           {file("{\"site\":\"\xff\",\"data\":{}}"), 400, models.CodeMalformed, "", ""},
		"raw NUL":                {file("{\"site\":\"\x00\",\"data\":{}}"), 400, models.CodeMalformed, "", ""},
		"too deep":               {file(`{"site":"x","data":{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}}`), 400, models.CodeMalformed, "", ""},
		"too large":              {file(`{"site":"` + strings.Repeat("x", 1<<20) + `","data":{}}`), 413, models.CodeTooLarge, "", ""},
		"empty key":              {call{who: "rita", method: "POST", path: "/v1/requests", body: filing, key: " "}, 422, models.CodeInvalid, "header.Idempotency-Key", ""},
		"key with a space":       {call{who: "rita", method: "POST", path: "/v1/requests", body: filing, key: "a b"}, 422, models.CodeInvalid, "header.Idempotency-Key", "format"},
		"long key":               {call{who: "rita", method: "POST", path: "/v1/requests", body: filing, key: strings.Repeat("k", 201)}, 422, models.CodeInvalid, "header.Idempotency-Key", "too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			p := problem(t, w.do(t, test.call), test.status, test.code)
			if test.field == "" && test.path == "" {
				return
			}
			require.NotEmpty(t, p.Errors)
			require.Equal(t, test.path, p.Errors[0].Path)
			if test.field != "" {
				require.Equal(t, test.field, p.Errors[0].Code)
			}
		})
	}
}

func TestPointersAreThoseOfTheBody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := problem(t, w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: `{"site":"x","data":{"a/b":[{"c":"\u0000"}]}}`}), 422, models.CodeInvalid)
	require.Equal(t, "/data/a~1b/0/c", p.Errors[0].Pointer)
	p = problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/records?limit=0"}), 422, models.CodeInvalid)
	require.Empty(t, p.Errors[0].Pointer)
}

func TestContentTypesAreHeld(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for kind, status := range map[string]int{
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415, "": 415, ";": 415,
		"application/json; charset=latin1": 415, "application/json; charset=UTF-8": 201, "application/json": 201,
	} {
		r := w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: filing, header: map[string]string{"Content-Type": kind}})
		require.Equal(t, status, r.StatusCode, "%q: %s", kind, r.raw)
	}
}

func TestSubmittedValuesAreNotEchoed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, body := range []string{
		`{"organization":"a","username":"b","password":["hunter2"]}`,
		`{"organization":"a","username":"b","password":"hunter2","kind":"hunter2"}`,
		`{"organization":"a","username":{"hunter2":1},"password":"` + strings.Repeat("hunter2", 200) + `"}`,
		`{"organization":"a","username":"b","password":"hunter2",}`,
		`{"organization":"a","username":"b","password":"hunter2"`,
		`"hunter2"`,
	} {
		r := w.do(t, call{method: "POST", path: "/v1/session", body: body})
		require.GreaterOrEqual(t, r.StatusCode, 400)
		require.NotContains(t, string(r.raw), "hunter2", body)
	}
	record := w.fileRequest(t)
	r := w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + record.Tasks[0].ID.String() + "/complete", ifMatch: `"1"`,
		body: `{"outcome":"approved","signature":{"intent":"hunter2","password":{"x":"hunter2"}}}`})
	problem(t, r, 422, models.CodeInvalid)
	require.NotContains(t, string(r.raw), "hunter2")
}

func TestAnswersCarryTheirHeaders(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(t, call{who: "rita", method: "GET", path: "/v1/me"})
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	require.NotContains(t, string(r.raw), "$schema")
	require.Empty(t, r.Header.Get("Link"))
	require.NoError(t, uuid.Validate(r.Header.Get("X-Request-Id")))
	require.Equal(t, "same-origin", r.Header.Get("Referrer-Policy"), "a form of ours is posted from our origin, not from null")
	unauthenticated := w.do(t, call{method: "GET", path: "/v1/me"})
	require.NotEmpty(t, unauthenticated.Header.Get("WWW-Authenticate"))
}

// A service worker runs under the policy of its script's answer, and one that may not connect is never installed.
func TestTheServiceWorkerMayConnect(t *testing.T) {
	t.Parallel()
	w := setup(t)
	want := "default-src 'none'; frame-ancestors 'none'" // the app is not built: there is no worker
	r := w.do(t, call{method: "GET", path: "/sw.js"})
	if r.StatusCode == http.StatusOK {
		want = "default-src 'none'; connect-src 'self'"
	}
	require.Equal(t, want, r.Header.Get("Content-Security-Policy"))
}

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(t, call{who: "rita", method: "POST", path: "/v1/requests", body: filing, header: map[string]string{"Sec-Fetch-Site": "cross-site"}})
	problem(t, r, http.StatusForbidden, "cross_origin")
	require.Empty(t, into[items[api.RecordItem]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/records"}), 200).Items)
}

func TestHealthReadinessAndMetrics(t *testing.T) {
	t.Parallel()
	w := setup(t)
	require.Equal(t, http.StatusOK, w.do(t, call{method: "GET", path: "/healthz"}).StatusCode)
	require.JSONEq(t, `{"database":"ok"}`, string(w.do(t, call{method: "GET", path: "/readyz"}).raw))
	w.API.Ready = map[string]func(context.Context) error{"engine": func(context.Context) error { return errors.New("hunter2") }}
	r := w.do(t, call{method: "GET", path: "/readyz"})
	require.Equal(t, http.StatusServiceUnavailable, r.StatusCode)
	require.JSONEq(t, `{"database":"ok","engine":"failed"}`, string(r.raw))
	w.do(t, call{who: "rita", method: "GET", path: "/v1/records/" + models.NewID().String()})
	metrics := string(w.do(t, call{method: "GET", path: "/metrics"}).raw)
	require.Contains(t, metrics, `countersign_http_requests_total{method="GET",route="/v1/records/{id}",status="404"} 1`)
	require.Contains(t, metrics, "countersign_http_request_seconds_bucket")
}
