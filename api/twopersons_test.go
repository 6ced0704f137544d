// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

var seen = map[string]any{"method": "identity card seen"}

// Whoever knows a person's password never confirms who that person is: misuse of a signature takes two (11.200(a)(3)).
func TestWhoGaveThePasswordDoesNotConfirmThePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ghost := map[string]any{"kind": "person", "username": "ghost", "name": "G. Host", "reason": "hired"}
	w.People["ghost"] = into[api.Issued](t, w.ask(t, "ada", http.MethodPost, "/v1/users", ghost), http.StatusCreated).ID
	refusedBy(t, w.ask(t, "ada", http.MethodPost, w.userPath("ghost")+"/verify_identity", seen), "two_persons")
	require.Equal(t, http.StatusOK, w.ask(t, "alan", http.MethodPost, w.userPath("ghost")+"/verify_identity", seen).StatusCode)

	for who, what := range map[string]string{"ada": "/reset_password", "alan": "/reset_totp"} {
		require.Equal(t, http.StatusOK, w.ask(t, who, http.MethodPost, w.userPath("ghost")+what, why).StatusCode)
	}
	refusedBy(t, w.ask(t, "ada", http.MethodPost, w.userPath("ghost")+"/verify_identity", seen), "two_persons")
}

// A password that was chosen before a reset does not undo it.
func TestAResetIsNotUndoneByAnOldChoice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c, err := w.DB.Credential(t.Context(), w.Org, w.People["quinn"], "", models.NewID(), w.Commit.Now())
	require.NoError(t, err)
	chosen := *c.Secrets
	chosen.PasswordHash, err = w.Hasher.Hash(t.Context(), "chosen by a thief 9")
	require.NoError(t, err)
	chosen.PasswordOld = append([]string{c.Secrets.PasswordHash}, c.Secrets.PasswordOld...)
	require.Equal(t, http.StatusOK, w.ask(t, "ada", http.MethodPost, w.userPath("quinn")+"/reset_password", why).StatusCode)

	quinn := w.People["quinn"]
	receipt, err := w.Commit.Commit(t.Context(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: "credential.set", Actor: quinn, Source: models.Source{Kind: "api"}, Fingerprint: make([]byte, 32),
		Body: models.MustJSON(models.PersonRef{User: quinn, Secrets: &chosen}),
	})
	require.NoError(t, err)
	require.NotNil(t, receipt.Refused)
	require.Equal(t, models.CodeMoved, receipt.Refused.Code)
}
