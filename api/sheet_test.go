// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
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
	require.Empty(t, shown.Header.Get("ETag"))
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

// signedSheet has quinn sign an approval, and says where its sheet is and what is on it.
func (w *world) signedSheet(t *testing.T) (intent uuid.UUID, path, html string) {
	t.Helper()
	record := w.fileRequest(t)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.ask(t, "quinn", "POST", task+"/claim", nil), http.StatusOK)
	sheet := into[models.IntentResult](t, w.ask(t, "quinn", "POST", task+"/signing", map[string]any{"outcome": "approved"}), http.StatusCreated)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/complete", ifMatch: `"1"`, body: map[string]any{
		"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": "quinn", "password": modeltest.Password},
	}}), http.StatusOK)
	return sheet.Intent, "/v1/records/" + record.ID.String() + "/sheets/" + sheet.Intent.String(), sheet.HTML
}

// Who owns the database can alter a sheet with the intent beside it, so that they agree: the signature tells.
func TestASheetIsHeldAgainstItsSignature(t *testing.T) {
	t.Parallel()
	w := setup(t)
	intent, path, html := w.signedSheet(t)
	other, _, _ := w.signedSheet(t)
	admin := w.DB.Admin(t)
	exec := func(sql string, args ...any) {
		tag, err := admin.Exec(t.Context(), sql, args...)
		require.NoError(t, err)
		require.Positive(t, tag.RowsAffected(), sql)
	}
	_, err := admin.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	var agreed []byte
	require.NoError(t, admin.QueryRow(t.Context(), "SELECT bytes FROM intents WHERE id = $1", intent).Scan(&agreed))
	altered := strings.Replace(html, "Approved", "Rejected", 1)
	require.NotEqual(t, html, altered)
	agreed = bytes.Replace(agreed, []byte(hexHash(html)), []byte(hexHash(altered)), 1)
	for name, change := range map[string]struct {
		sql  string
		args []any
	}{
		"the sheet":                  {"UPDATE intents SET view = $2 WHERE id = $1", []any{intent, []byte(altered)}},
		"the sheet and its intent":   {"UPDATE intents SET view = $2, bytes = $3 WHERE id = $1", []any{intent, []byte(altered), agreed}},
		"as if it were not used yet": {"UPDATE intents SET view = $2, bytes = $3, used_at = NULL WHERE id = $1", []any{intent, []byte(altered), agreed}},
		"the signature":              {"UPDATE signatures SET signature = set_byte(signature, 5, get_byte(signature, 5) # 1) WHERE intent_id = $1", []any{intent}},
		"the signature's sheet":      {"UPDATE signatures SET intent_id = CASE WHEN intent_id = $1 THEN gen_random_uuid() ELSE $1::uuid END WHERE intent_id IN ($1, $2)", []any{intent, other}},
		"the key":                    {"UPDATE signing_keys SET public = set_byte(public, 5, get_byte(public, 5) # 1) WHERE id = (SELECT key_id FROM signatures WHERE intent_id = $1)", []any{intent}},
		"nobody signed it":           {"UPDATE signatures SET intent_id = gen_random_uuid() WHERE intent_id = $1", []any{intent}},
	} {
		exec("CREATE TEMP TABLE kept_intents AS SELECT * FROM intents")
		exec("CREATE TEMP TABLE kept_signatures AS SELECT * FROM signatures")
		exec("CREATE TEMP TABLE kept_keys AS SELECT * FROM signing_keys")
		exec(change.sql, change.args...)
		p := problem(t, w.ask(t, "quinn", "GET", path, nil), http.StatusInternalServerError, models.CodeInternal)
		logged := slices.DeleteFunc(strings.Split(w.log.String(), "\n"), func(line string) bool { return !strings.Contains(line, p.Instance) })
		require.Contains(t, logged[0], "the stored signing sheet is not the one that its hash is of", name)
		for table, kept := range map[string]string{"intents": "kept_intents", "signatures": "kept_signatures", "signing_keys": "kept_keys"} {
			exec("DELETE FROM " + table)
			exec("INSERT INTO " + table + " SELECT * FROM " + kept)
			_, err := admin.Exec(t.Context(), "DROP TABLE "+kept)
			require.NoError(t, err)
		}
		require.Equal(t, html, string(w.ask(t, "quinn", "GET", path, nil).raw), name)
	}
}
