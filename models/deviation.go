// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Steps of a deviation. Data of a step is Record.Data[step], in the form "deviation.<step>".
const (
	StepReport             = "report"
	StepTriage             = "triage"
	StepAssessment         = "assessment"
	StepAssessmentApproval = "assessment_approval"
	StepCause              = "cause"         // minor only
	StepInvestigation      = "investigation" // major and critical
	StepTechnicalApproval  = "technical_approval"
	StepDisposition        = "disposition" // where a batch is affected
	StepCAPADecision       = "capa_decision"
	StepAuditTrailReview   = "audit_trail_review"
	StepFinalApproval      = "final_approval"

	StepReportability            = "reportability" // the field-alert decision, 21 CFR 314.81(b)(1)
	StepExtensionApproval        = "extension_approval"
	StepCancellationApproval     = "cancellation_approval"
	StepReclassificationApproval = "reclassification_approval"
	StepReopenApproval           = "reopen_approval"
	StepCorrectionApproval       = "correction_approval" // of a correction that moves a date
)

// States of a deviation beside those that every process shares. A cause is found in the state of investigation.
const (
	StateTriage             = "triage"
	StateAssessment         = "assessment"
	StateAssessmentApproval = "assessment_approval"
	StateInvestigation      = "investigation"
	StateTechnicalApproval  = "technical_approval"
	StateDisposition        = "disposition"
	StateCAPADecision       = "capa_decision"
	StateAuditTrailReview   = "audit_trail_review"
	StateFinalApproval      = "final_approval"
)

// Classes of a deviation; "" until the quality unit has approved the assessment.
const (
	ClassMinor    = "minor"
	ClassMajor    = "major"
	ClassCritical = "critical"
)

// Flags of a deviation: the facts on which its process and its policies branch.
const (
	FlagNeedsInvestigation = "needs_investigation" // major or critical
	FlagCritical           = "critical"
	FlagHasBatches         = "has_batches"
	FlagReportableClock    = "reportable_clock" // a US-application product has left the site: 3 working days from awareness
	FlagHumanError         = "human_error"
	FlagExternal           = "external"
	FlagHighRisk           = "high_risk"
	FlagCAPANeeded         = "capa_needed"
	FlagRepeat             = "repeat"
)

// Deviation is a departure from an approved instruction or an established standard: reported, contained, classified,
// investigated, decided on and closed by the quality unit (EU GMP 1.4 xiv, 21 CFR 211.100(b) and 211.192).
var Deviation = RecordType{
	Name: "deviation", Title: "Deviation", Prefix: "DEV", Form: "deviation.report",
	Steps:       deviationSteps,
	States:      deviationStates,
	Filing:      StepReport,
	First:       StepTriage,
	Last:        StepFinalApproval,
	OwnerStep:   StepTriage,
	Classes:     []string{ClassMinor, ClassMajor, ClassCritical},
	ClassStep:   StepCause,
	RepeatSteps: []string{StepAssessment, StepCause},
	Check:       checkDeviation,
	Effect:      deviationEffect,
	Derive:      deriveDeviation,
	Involved:    involvedInDeviation,
	Flags:       deviationFlags,
}

// deviationSteps are in the order of the main line: a return to a step makes it and all that follow void.
var deviationSteps = []Step{
	{Name: StepReport, Title: "Report what happened", Kind: KindTask, State: StateDraft, Next: []string{StepTriage}},
	{Name: StepTriage, Title: "Contain it and judge the first impact", Kind: KindTask, State: StateTriage, Next: []string{StepAssessment}},
	{Name: StepAssessment, Title: "Assess and classify", Kind: KindTask, State: StateAssessment, Next: []string{StepAssessmentApproval}},
	{Name: StepAssessmentApproval, Title: "Approve the assessment", Kind: KindApproval, State: StateAssessmentApproval, Next: []string{StepCause, StepInvestigation}},
	{Name: StepCause, Title: "Find the cause", Kind: KindTask, State: StateInvestigation, Next: []string{StepDisposition, StepCAPADecision}},
	{Name: StepInvestigation, Title: "Investigate and find the root cause", Kind: KindTask, State: StateInvestigation, Next: []string{StepTechnicalApproval}},
	{Name: StepTechnicalApproval, Title: "Technical approval", Kind: KindApproval, State: StateTechnicalApproval, Next: []string{StepDisposition, StepCAPADecision}},
	{Name: StepDisposition, Title: "Decide on each batch", Kind: KindTask, State: StateDisposition, Next: []string{StepCAPADecision}},
	{Name: StepCAPADecision, Title: "Decide on corrective and preventive action", Kind: KindTask, State: StateCAPADecision, Next: []string{StepAuditTrailReview, StepFinalApproval}},
	{Name: StepAuditTrailReview, Title: "Review the audit trail", Kind: KindApproval, State: StateAuditTrailReview, Next: []string{StepFinalApproval}},
	{Name: StepFinalApproval, Title: "Final approval", Kind: KindApproval, State: StateFinalApproval},

	{Name: StepReportability, Title: "Decide on the field alert", Kind: KindTask, Side: true},
	{Name: StepExtensionApproval, Title: "Approve the extension", Kind: KindApproval, Side: true},
	{Name: StepCancellationApproval, Title: "Approve the cancellation", Kind: KindApproval, Side: true},
	{Name: StepReclassificationApproval, Title: "Approve the new class", Kind: KindApproval, Side: true},
	{Name: StepReopenApproval, Title: "Approve the reopening", Kind: KindApproval, Side: true},
	{Name: StepCorrectionApproval, Title: "Approve the correction", Kind: KindApproval, Side: true},
}

// deviationStates are all moves there are: forward along the main line, and back to any earlier step, because a return, a
// correction and a new class all go back to the first step that they make void. An open deviation may be cancelled, and a
// closed one reopens at its cause. Nothing leaves cancelled.
var deviationStates = StateTable{
	"":                      {StateDraft, StateTriage},
	StateDraft:              {StateTriage, StateCancelled},
	StateTriage:             {StateAssessment, StateDraft, StateCancelled},
	StateAssessment:         {StateAssessmentApproval, StateDraft, StateTriage, StateCancelled},
	StateAssessmentApproval: {StateInvestigation, StateDraft, StateTriage, StateAssessment, StateCancelled},
	StateInvestigation: {
		StateTechnicalApproval, StateDisposition, StateCAPADecision,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateCancelled,
	},
	StateTechnicalApproval: {
		StateDisposition, StateCAPADecision,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateInvestigation, StateCancelled,
	},
	StateDisposition: {
		StateCAPADecision,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateInvestigation, StateTechnicalApproval, StateCancelled,
	},
	StateCAPADecision: {
		StateAuditTrailReview, StateFinalApproval,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateInvestigation, StateTechnicalApproval, StateDisposition, StateCancelled,
	},
	StateAuditTrailReview: {
		StateFinalApproval,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateInvestigation, StateTechnicalApproval, StateDisposition,
		StateCAPADecision, StateCancelled,
	},
	StateFinalApproval: {
		StateClosed,
		StateDraft, StateTriage, StateAssessment, StateAssessmentApproval, StateInvestigation, StateTechnicalApproval, StateDisposition,
		StateCAPADecision, StateAuditTrailReview, StateCancelled,
	},
	StateClosed:    {StateInvestigation},
	StateCancelled: {},
}

// needsInvestigation says whether a class asks for an investigation, or for a cause only.
func needsInvestigation(class string) bool { return class == ClassMajor || class == ClassCritical }

// deviationEffect gives the record the proposed class once the quality unit has approved it.
func deviationEffect(r *Record, step, outcome string) {
	if step != StepAssessmentApproval || outcome != OutcomeApproved {
		return
	}
	class := partOf(r.Data, StepAssessment).text("class")
	if slices.Contains([]string{ClassMinor, ClassMajor, ClassCritical}, class) {
		r.Class = class
	}
}

func deriveDeviation(data map[string]any) (title string, aware time.Time) {
	report := partOf(data, StepReport)
	aware, _ = report.instant("aware_at")
	return strings.TrimSpace(report.text("title")), aware
}

// involvedInDeviation reads the accounts among the people involved, each once. Who has no account approves nothing anyway.
func involvedInDeviation(data map[string]any) []uuid.UUID {
	people := []uuid.UUID{}
	for _, row := range partOf(data, StepReport).rows("people_involved") {
		id, err := uuid.Parse(row.text("person"))
		if err == nil && !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	return people
}

func deviationFlags(class string, data map[string]any) map[string]bool {
	cause := causePart(class, data)
	return map[string]bool{
		FlagNeedsInvestigation: needsInvestigation(class),
		FlagCritical:           class == ClassCritical,
		FlagHasBatches:         len(affectedLots(class, data)) > 0,
		FlagReportableClock:    leftForUS(data),
		FlagHumanError:         cause.text("cause_code") == causeHumanError,
		FlagExternal:           partOf(data, StepReport).text("internal_external") == "external",
		FlagHighRisk:           partOf(data, StepTriage).yes("high_risk"),
		FlagCAPANeeded:         partOf(data, StepCAPADecision).yes("capa_needed"),
		FlagRepeat:             partOf(data, StepAssessment).yes("repeat") || cause.text("repeat_of") != "",
	}
}

// causeHumanError is the cause that stands only where process, procedure and system are excluded (EU GMP 1.4 xiv).
const causeHumanError = "human_error"

// causePart is the part that holds the cause under a class. The other one may hold data of an earlier class.
func causePart(class string, data map[string]any) part {
	if needsInvestigation(class) {
		return partOf(data, StepInvestigation)
	}
	return partOf(data, StepCause)
}

// affectedLots are the lots on which the quality unit decides, each once: those reported and those that the investigation found
// affected as well (21 CFR 211.192).
func affectedLots(class string, data map[string]any) []string {
	var lots []string
	add := func(row part) {
		if lot := row.text("lot"); lot != "" && !slices.Contains(lots, lot) {
			lots = append(lots, lot)
		}
	}
	for _, row := range partOf(data, StepReport).rows("batches") {
		add(row)
	}
	if !needsInvestigation(class) {
		return lots
	}
	for _, row := range partOf(data, StepInvestigation).rows("other_batches") {
		if row.yes("affected") {
			add(row)
		}
	}
	return lots
}

// leftForUS reports whether a batch of a US-application product was distributed. What is migrated had its decision long ago.
func leftForUS(data map[string]any) bool {
	report := partOf(data, StepReport)
	if report.yes("migrated") {
		return false
	}
	return partOf(data, StepTriage).yes("distributed_us") || slices.ContainsFunc(report.rows("batches"), func(row part) bool {
		return row.yes("distributed") && row.yes("us_application")
	})
}
