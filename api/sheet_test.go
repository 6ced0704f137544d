// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func TestASigningSheetIsShownAsItWasStored(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.otherOrganization(t)
	record := w.fileRequest(t)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/claim"}), http.StatusOK)
	verdict := map[string]any{"outcome": "approved", "comment": `<style>p{color:red}</style><script>alert(1)</script>`}
	sheet := into[models.IntentResult](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/signing", body: verdict}), http.StatusCreated)
	path := "/v1/records/" + record.ID.String() + "/sheets/"
	fetch := func(who string) reply {
		return w.do(t, call{who: who, method: "GET", path: path + sheet.Intent.String()})
	}

	shown := fetch("quinn")
	require.Equal(t, http.StatusOK, shown.StatusCode)
	require.Equal(t, sheet.HTML, string(shown.raw))
	require.Equal(t, sheet.ViewHash, hexHash(string(shown.raw)))
	require.Equal(t, `"`+sheet.ViewHash+`"`, shown.Header.Get("ETag"))
	require.Equal(t, "text/html; charset=utf-8", shown.Header.Get("Content-Type"))
	require.Equal(t, "no-store", shown.Header.Get("Cache-Control"))

	// Its own style and nothing else: it cannot run, load, send or reach anything.
	_, rest, _ := bytes.Cut(shown.raw, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	hash := sha256.Sum256(style)
	require.Equal(t, "sandbox; default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'", shown.Header.Get("Content-Security-Policy"))
	require.Equal(t, 1, bytes.Count(shown.raw, []byte("<style")), "what people write is text")
	require.NotContains(t, string(shown.raw), "<script")

	// Codes are said in words, beside themselves.
	for _, said := range []string{"Approved <code>approved</code>", "QA approver <code>qa_approver</code>"} {
		require.Contains(t, string(shown.raw), said)
	}

	for _, who := range []string{"rita", "quentin", "olga", "eve"} { // nobody else's until it is signed
		problem(t, fetch(who), http.StatusNotFound, models.CodeNotFound)
	}
	decided := map[string]any{"signature": map[string]any{"intent": sheet.Intent, "username": "quinn", "password": modeltest.Password}}
	maps.Copy(decided, verdict)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/complete", body: decided, ifMatch: `"1"`}), http.StatusOK)
	require.Equal(t, sheet.HTML, string(fetch("rita").raw), "who may see the record sees what was signed")
	for _, who := range []string{"olga", "eve"} { // another site, another organization
		problem(t, fetch(who), http.StatusNotFound, models.CodeNotFound)
	}
	other := w.fileRequest(t)
	elsewhere := call{who: "quinn", method: "GET", path: "/v1/records/" + other.ID.String() + "/sheets/" + sheet.Intent.String()}
	problem(t, w.do(t, elsewhere), http.StatusNotFound, models.CodeNotFound)
}
