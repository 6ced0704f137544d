// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestMajorDeviationFromReportToClosure(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	filed := p.report(t, "rita", nil)
	steps := p.playUntil(t, filed.Record)
	require.Equal(t, []string{
		models.StepTriage, models.StepReportability, models.StepAssessment, models.StepAssessmentApproval, models.StepInvestigation, models.StepTechnicalApproval,
		models.StepDisposition, models.StepCAPADecision, models.StepAuditTrailReview, models.StepFinalApproval,
	}, steps)
}
