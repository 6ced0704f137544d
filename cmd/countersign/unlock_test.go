// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// Where everybody who could unlock is locked himself, the owner of the server lets one in, and the trail says so.
func TestTheOwnerOfTheServerUnlocks(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	args := []string{"unlock", "--organization", w.Slug, "--username", "ada", "--reason", "Both administrators are locked."}
	code, said := w.countersign(w.environ(), args...)
	require.Equal(t, 2, code)
	require.Contains(t, said, "not locked")
	for range 5 {
		receipt, err := w.Commit.Commit(t.Context(), models.Command{
			ID: models.NewID(), Org: w.Org, Actor: w.People["ada"], Name: models.CommandSessionStart, Source: models.Source{Kind: ledger.SourceAPI},
			Body: []byte("{}"), Fingerprint: make([]byte, 32),
			Refusal: models.Refuse(models.CodeUnauthenticated, "Refused.", models.Reason{Rule: models.RulePassword, Text: "Wrong."}),
		})
		require.NoError(t, err)
		require.NotNil(t, receipt.Refused)
	}
	locked := func() bool {
		c, err := w.DB.Credential(t.Context(), w.Org, w.People["ada"], "", models.NewID(), w.Commit.Now())
		require.NoError(t, err)
		return c.Person.Locked
	}
	require.True(t, locked())

	for name, wrong := range map[string][]string{
		"no reason":       {"unlock", "--organization", w.Slug, "--username", "ada", "--reason", " "},
		"no organization": {"unlock", "--organization", "nowhere", "--username", "ada", "--reason", "why"},
		"nobody":          {"unlock", "--organization", w.Slug, "--username", "nobody", "--reason", "why"},
	} {
		code, _ := w.countersign(w.environ(), wrong...)
		require.Equal(t, 2, code, name)
		require.True(t, locked(), name)
	}
	code, said = w.countersign(w.environ(), args...)
	require.Zero(t, code, said)
	require.False(t, locked())

	var leaf string
	require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(),
		"SELECT convert_from(leaf, 'UTF8') FROM audit_events WHERE org_id = $1 AND action = 'admin.unlock' AND outcome = 'done'", w.Org).Scan(&leaf))
	require.Contains(t, leaf, `"At the server's command line: Both administrators are locked."`)
	require.Contains(t, leaf, `"kind":"system"`)
}
