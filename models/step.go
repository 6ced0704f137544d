// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// StepKind says how a step is decided.
type StepKind string

// The kinds of step.
const (
	KindTask     StepKind = "task"     // one person does it
	KindApproval StepKind = "approval" // a quorum decides it
)

// Step is one named point of a process, as declared: the API serves these as the picture of the process.
type Step struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Kind  StepKind `json:"kind"`
	State string   `json:"state"`          // the record's state while the step is open
	Side  bool     `json:"side,omitempty"` // runs beside the main line (extension, cancellation, reportability...)
	Next  []string `json:"next,omitempty"` // where the process may go from here, for the picture
}

// Outcomes of a task. Which of them a step offers is the plan's business.
const (
	OutcomeDone     = "done"
	OutcomeApproved = "approved"
	OutcomeRejected = "rejected" // of a side step: the request is refused
	OutcomeReturned = "returned" // back to a named step, round counted
)

// RecordType declares one kind of record and its process. Registering one is all it takes to add a process.
type RecordType struct {
	Name   string // "deviation"; also the workflow type and the path of the API
	Title  string // "Deviation"
	Prefix string // "DEV": numbers are DEV-2026-0001
	Form   string // id of the form of its data
	Steps  []Step
	States StateTable
	// Filing is the step that a draft stays at until its report is complete; "" if records of the type are not drafted.
	Filing string
	// First is the step that opens in the transaction that files the record.
	First string
	// Last is the step whose approval closes the record, in the same transaction: no record stands approved and open. The process
	// says Close after it all the same, and finds it done. "" if the process alone knows when a record is over.
	Last string
	// Classes a record can be reclassified to; ClassStep is the step where the ways of the classes part.
	Classes   []string
	ClassStep string
	// OwnerStep is the step whose doer becomes the record's owner; "" if none does.
	OwnerStep string
	// RepeatSteps are those whose rules look at earlier records that this one may repeat.
	RepeatSteps []string
	// Check holds the rules of the noun that a form cannot express. Data is complete record data after the change.
	Check func(RecordDraft) []FieldProblem
	// Effect changes the record for what a step decided: its class, its involved persons. Nil where no step does.
	Effect func(r *Record, step, outcome string)
	// Derive reads from the record's data, its filing section, what every record has: a title and, zero if not told, when somebody became aware.
	Derive func(data map[string]any) (title string, aware time.Time)
	// Involved reads the persons named as involved: they never approve.
	Involved func(data map[string]any) []uuid.UUID
	// Flags derives the facts that the process branches on from the record's class and data.
	Flags func(class string, data map[string]any) map[string]bool
}

// Step finds a declared step.
func (t RecordType) Step(name string) (Step, bool) {
	for _, s := range t.Steps {
		if s.Name == name {
			return s, true
		}
	}
	return Step{}, false
}

// Order is the position of a step on the main line; a return to a step supersedes it and all that come after. -1 if unknown.
func (t RecordType) Order(name string) int {
	for i, s := range t.Steps {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// FilingSection is the part of a record's data that it is filed with.
const FilingSection = "report"

// Types are the record types that a server runs, by name.
type Types map[string]RecordType

// FormOf is the id of the form of a step of the type: "deviation.triage".
func (t RecordType) FormOf(step string) string { return t.Name + "." + step }
