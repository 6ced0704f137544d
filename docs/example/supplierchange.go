// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package example is a process of one's own, whole: what becomes of a supplier's notice that something it delivers will
// change. docs/your-own-process.md goes through it, and its tests play it on a real Postgres and a real Temporal.
package example

import (
	"embed"
	"fmt"
	"time"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/workflows"
)

// Steps of a supplier change, each with the state of the record while it is open.
const (
	StepAssess  = "assess"
	StepApprove = "approve"

	StateAssessment = "assessment"
	StateApproval   = "approval"
)

// Type is the notice of a supplier that something it delivers will change: assessed by the area that uses it, and approved by
// the quality unit before the first changed delivery (ISO 13485:2016, 7.4.2).
var Type = models.RecordType{
	Name: "supplier_change", Title: "Supplier change", Prefix: "SUP", Form: "supplier_change.report",
	Steps: []models.Step{
		{Name: StepAssess, Title: "Assess the change", Kind: models.KindTask, State: StateAssessment, Next: []string{StepApprove}},
		{Name: StepApprove, Title: "Approve the assessment", Kind: models.KindApproval, State: StateApproval},

		{Name: models.StepExtensionApproval, Title: "Approve the extension", Kind: models.KindApproval, Side: true},
		{Name: models.StepCancellationApproval, Title: "Approve the cancellation", Kind: models.KindApproval, Side: true},
		{Name: models.StepReopenApproval, Title: "Approve the reopening", Kind: models.KindApproval, Side: true},
	},
	States: models.StateTable{
		"":                 {StateAssessment},
		StateAssessment:    {StateApproval, models.StateCancelled},
		StateApproval:      {models.StateClosed, StateAssessment, models.StateCancelled},
		models.StateClosed: {StateAssessment},
	},
	First:     StepAssess,  // opens in the transaction that files the notice
	Last:      StepApprove, // whose approval closes the notice
	OwnerStep: StepAssess,  // whoever assesses the change owns the record
	ClassStep: StepAssess,  // where a reopened record goes on
	Derive:    derive,
}

// derive reads what every record has from the notice: a title, and when somebody here became aware.
func derive(data map[string]any) (title string, aware time.Time) {
	notice, _ := data[models.FilingSection].(map[string]any)
	text := func(field string) string { s, _ := notice[field].(string); return s }
	aware, _ = time.Parse(time.RFC3339, text("aware_at")) // the form has made sure that it is an instant
	return text("supplier") + ": " + text("material"), aware
}

// Process is what becomes of a notice. It reads like the SOP.
func Process(c *workflows.Case) {
	c.Task(StepAssess)     // by the area: what does the change mean for what we make?
	c.Approve(StepApprove) // by the quality unit: signed, or returned to the assessment
	c.Close()
}

// Matrix says who does each step, by when, with which form and which signature. Segregation says who does not approve.
var (
	//go:embed supplierchange.matrix.json
	Matrix []byte
	//go:embed supplierchange.segregation.json
	Segregation []byte
)

//go:embed supplierchange.forms/*.json
var formFiles embed.FS

// Forms reads and checks the forms of the type, by id: "supplier_change.assess".
func Forms() (map[string]*models.Form, error) {
	forms := map[string]*models.Form{}
	for _, id := range []string{Type.FormOf(models.FilingSection), Type.FormOf(StepAssess)} {
		raw, err := formFiles.ReadFile("supplierchange.forms/" + id + ".json")
		if err != nil {
			return nil, fmt.Errorf("read form %s: %w", id, err)
		}
		if forms[id], err = models.ParseForm(raw); err != nil {
			return nil, fmt.Errorf("read form %s: %w", id, err)
		}
	}
	return forms, nil
}
