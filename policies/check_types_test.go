// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/policies"
)

func TestEveryDeclaredStepIsKnownToTheMatrix(t *testing.T) {
	t.Parallel()
	_, err := policies.New(t.Context(), policies.ForTypes(models.Types{models.Deviation.Name: models.Deviation}))
	require.NoError(t, err, "what is shipped agrees")

	with := func(change func(*models.RecordType)) error {
		typ := models.Deviation
		typ.Steps = slices.Clone(typ.Steps)
		change(&typ)
		_, err := policies.New(t.Context(), policies.ForTypes(models.Types{typ.Name: typ}))
		return err
	}
	err = with(func(typ *models.RecordType) {
		typ.Steps = append(typ.Steps, models.Step{Name: "second_opinion", Kind: models.KindApproval})
	})
	require.ErrorContains(t, err, `type "deviation", step "second_opinion": the policy matrix does not know it`)
	err = with(func(typ *models.RecordType) { typ.Steps[typ.Order(models.StepTriage)].Kind = models.KindApproval })
	require.ErrorContains(t, err, `step "triage": it is declared as approval, and the policy matrix plans it as task`)
	err = with(func(typ *models.RecordType) { typ.Steps[typ.Order(models.StepExtensionApproval)].Side = false })
	require.ErrorContains(t, err, `step "extension_approval": it is declared beside the main line: false`)
	err = with(func(typ *models.RecordType) { typ.Name = "audit" })
	require.ErrorContains(t, err, `does not know the type "audit"`)
}
