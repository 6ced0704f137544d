// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/policies"
)

// What is put together from canonical parts is what a second implementation would make of the whole.
func TestPolicyDecisionIsCanonical(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context())
	require.NoError(t, err)
	ask := models.Ask{
		Action: "task.claim", Actor: models.Person{ID: models.NewID(), Kind: models.KindPerson, Name: "Åse \"input\":null <b>", Grants: []models.Grant{}},
		Done: []models.Performed{},
	}
	v, err := engine.Decide(t.Context(), ask)
	require.NoError(t, err)
	got, err := decisionBytes(ask.Action, v)
	require.NoError(t, err)
	want, err := ledger.Canonical(models.PolicyDecision{
		ID: v.ID, Action: ask.Action, Revision: v.Revision, Policies: engine.Source().Digest, Allow: v.Allow, Rule: v.Rule, Reasons: v.Reasons, Input: v.Input,
	})
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	digest := sha256.Sum256(v.Input)
	require.Equal(t, digest[:], v.Digest)
}
