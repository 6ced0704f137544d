// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
)

// Who owns the database can write into the columns beside a signature: what is shown is what was signed, and that they differ is told.
func TestTheColumnsOfASignatureAreHeldAgainstIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	w.decide(t, "quinn", record)
	path := "/v1/records/" + record.ID.String() + "/signatures"
	read := func() api.SignatureView {
		list := into[items[api.SignatureView]](t, w.ask(t, "quinn", "GET", path, nil), http.StatusOK).Items
		require.Len(t, list, 1)
		return list[0]
	}
	valid := read()
	require.Equal(t, "valid", valid.Verification)
	require.Equal(t, "final_approval", valid.Meaning)

	b := w.browser(t)
	b.login(t, "quinn")
	paper := func(key string) string {
		form := url.Values{"version": {"1"}, "key": {key}}
		return string(b.get(t, b.post(t, "/print/records/"+record.ID.String(), form).Header.Get("Location")).raw)
	}
	admin := w.DB.Admin(t)
	_, err := admin.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	for column, change := range map[string]string{
		"step": "'triage'", "round": "round + 1", "meaning": "'reviewed'", "signed_at": "signed_at - interval '1 day'", "version": "version + 1",
		"task_id": "gen_random_uuid()", "signer_id": "gen_random_uuid()", "intent_id": "gen_random_uuid()", "content_hash": "set_byte(content_hash, 5, get_byte(content_hash, 5) # 1)",
		"manifest_hash": "set_byte(manifest_hash, 5, get_byte(manifest_hash, 5) # 1)",
	} {
		_, err := admin.Exec(t.Context(), "CREATE TEMP TABLE kept AS SELECT * FROM signatures")
		require.NoError(t, err)
		tag, err := admin.Exec(t.Context(), "UPDATE signatures SET "+column+" = "+change+" WHERE record_id = $1", record.ID)
		require.NoError(t, err)
		require.EqualValues(t, 1, tag.RowsAffected())
		altered := read()
		require.Equal(t, "invalid", altered.Verification, column)
		altered.Verification, altered.LaterChange, altered.ManifestHash = valid.Verification, valid.LaterChange, valid.ManifestHash
		require.Equal(t, valid, altered, "what was signed is shown, whatever stands in %s", column)
		copied := paper(column)
		require.Contains(t, copied, "NOT VALID")
		require.Contains(t, copied, "Final approval")
		_, err = admin.Exec(t.Context(), "DELETE FROM signatures")
		require.NoError(t, err)
		_, err = admin.Exec(t.Context(), "INSERT INTO signatures SELECT * FROM kept")
		require.NoError(t, err)
		_, err = admin.Exec(t.Context(), "DROP TABLE kept")
		require.NoError(t, err)
	}
	require.Equal(t, valid, read())
}
