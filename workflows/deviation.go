// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import "github.com/countersign/countersign/models"

// Deviation is what becomes of a departure from an approved procedure (21 CFR 211.100(b), 211.192; EU GMP 1.8 vii, 8).
//
// Who does each step, by when, and what a signature on it means, is in the plan policy. Returns, corrections, extensions,
// reclassification and cancellation may come at any time: the process then walks again from the top, and passes every step
// whose decision still stands.
func Deviation(c *Case) {
	c.Task(models.StepReport) // done at once where the deviation was reported complete; a draft waits here, with its clock running
	c.Task(models.StepTriage) // contain it now; say which batches are touched and whether any was distributed

	if c.Is(models.FlagReportableClock) {
		c.Beside(models.StepReportability) // field alert: 3 working days from awareness, and nothing moves that date
	}

	c.Task(models.StepAssessment)            // proposes minor, major or critical
	c.Approve(models.StepAssessmentApproval) // the quality unit decides the class

	if c.Is(models.FlagNeedsInvestigation) {
		c.Task(models.StepInvestigation)        // root cause, with evidence; other batches
		c.Approve(models.StepTechnicalApproval) // by the head of the area
	} else {
		c.Task(models.StepCause) // minor ones too have a cause and an impact
	}

	if c.Is(models.FlagHasBatches) {
		c.Approve(models.StepDisposition) // batch by batch, by the quality unit alone
	}
	c.Task(models.StepCAPADecision) // corrective action, or the reason why none is needed

	if c.Is(models.FlagReportableClock) {
		c.Approve(models.StepReportability)
	}
	if c.Is(models.FlagNeedsInvestigation) {
		c.Approve(models.StepAuditTrailReview) // by one who did none of the above
	}
	c.Approve(models.StepFinalApproval) // the quality unit closes every deviation, minor ones too
	c.Close()
}
