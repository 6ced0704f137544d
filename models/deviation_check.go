// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"slices"
	"strings"
)

// checkDeviation holds what no form can say: the order of instants, lateness, and agreement between the parts. It looks only at
// the parts that are there.
func checkDeviation(d RecordDraft) []FieldProblem {
	c := &deviationCheck{RecordDraft: d}
	if report := partOf(d.Data, StepReport); report != nil {
		c.instants(report)
		c.lateness(report)
		c.origin(report)
		c.lots(report)
	}
	if assessment := partOf(d.Data, StepAssessment); assessment != nil {
		c.repeat(assessment)
	}
	if cause := partOf(d.Data, StepCause); cause != nil {
		c.repeatedCause(cause)
	}
	if disposition := partOf(d.Data, StepDisposition); disposition != nil {
		c.disposition(disposition)
	}
	if review := partOf(d.Data, StepAuditTrailReview); review != nil {
		c.reviewed(review)
	}
	return c.problems
}

// deviationCheck collects what is wrong with one draft.
type deviationCheck struct {
	RecordDraft
	problems fieldProblems
}

func (c *deviationCheck) add(at *place, code, message string) { c.problems.add(at, code, message) }

// inPart is a place in the data of one step.
func inPart(step, field string) *place { return (*place)(nil).key(step).key(field) }

// instants are the reporter's statements (11.10(e)): never in the future, and occurred, discovered and aware in this order. What
// is found while it goes on ends after its discovery, so only its beginning is held against that.
func (c *deviationCheck) instants(report part) {
	if _, ok := report.instant("aware_at"); !ok {
		c.add(inPart(StepReport, "aware_at"), "required", "Say when the site became aware: the clock runs from there.")
	}
	for _, id := range []string{"occurred_from", "occurred_to", "discovered_at", "aware_at"} {
		if at, ok := report.instant(id); ok && at.After(c.Now) {
			c.add(inPart(StepReport, id), "future", "This is in the future.")
		}
	}
	c.order(report, "occurred_from", "occurred_to", "It cannot end before it begins.")
	c.order(report, "occurred_from", "discovered_at", "It cannot be discovered before it begins.")
	c.order(report, "discovered_at", "aware_at", "The site cannot be aware of it before it is discovered.")
}

// order reports the later instant when it lies before the earlier one.
func (c *deviationCheck) order(report part, earlier, later, message string) {
	from, okFrom := report.instant(earlier)
	to, okTo := report.instant(later)
	if okFrom && okTo && to.Before(from) {
		c.add(inPart(StepReport, later), "order", message)
	}
}

// lateness asks why a report comes late (ALCOA: contemporaneous). How late is too late is not judged here.
func (c *deviationCheck) lateness(report part) {
	if c.Late && report.text("late_reason") == "" {
		c.add(inPart(StepReport, "late_reason"), "required", "This is reported later than the end of the working day after the site became aware: say why.")
	}
}

// origin keeps a person from passing a report off as migrated, which asks for less.
func (c *deviationCheck) origin(report part) {
	if report.yes("migrated") && !c.Migrated {
		c.add(inPart(StepReport, "migrated"), "not_migrated", "Only an import brings records over from another system.")
	}
}

// lots refuses a lot that is reported twice: each gets one decision.
func (c *deviationCheck) lots(report part) {
	seen := map[string]bool{}
	for i, row := range report.rows("batches") {
		lot := row.text("lot")
		if lot != "" && seen[lot] {
			c.add(inPart(StepReport, "batches").index(i).key("lot"), "duplicate", "This lot is listed twice.")
		}
		seen[lot] = true
	}
}

// repeat holds the answer of the assessment against what happened before. Whether the cause is the same is not known yet, so what
// is similar may be no repeat; but then somebody has to say why. What is migrated was judged elsewhere.
func (c *deviationCheck) repeat(assessment part) {
	if assessment.yes("repeat") {
		if assessment.text("class") == ClassMinor {
			c.add(inPart(StepAssessment, "class"), "repeat", "A repeated minor deviation is major.")
		}
		return
	}
	if len(c.Similar) > 0 && !c.Migrated && assessment.text("repeat_none_reason") == "" {
		c.add(inPart(StepAssessment, "repeat_none_reason"), "required",
			fmt.Sprintf("Within the last 12 months, %s: say why this is no repeat.", sharing(c.Similar)))
	}
}

// repeatedCause refuses to close a repeat as minor when it shows only with the cause: because somebody says so, or because an
// earlier deviation had the same cause with the same product or equipment.
func (c *deviationCheck) repeatedCause(cause part) {
	if c.Class != ClassMinor {
		return
	}
	if cause.text("repeat_of") != "" {
		c.add(inPart(StepCause, "repeat_of"), "repeat", "A repeated minor deviation is major: ask for another class first.")
		return
	}
	repeated := slices.DeleteFunc(slices.Clone(c.Similar), func(s Similar) bool { return !s.Repeated() })
	if len(repeated) > 0 && !c.Migrated {
		c.add(inPart(StepCause, "cause_code"), "repeat",
			fmt.Sprintf("Within the last 12 months, %s: a repeated minor deviation is major. Ask for another class first.", sharing(repeated)))
	}
}

// sharing says what earlier deviations have in common with this one. It names the likeliest that the person may see, and counts
// those that he may not.
func sharing(found []Similar) string {
	hidden := 0
	for _, s := range found {
		if s.Hidden {
			hidden++
		}
	}
	i := slices.IndexFunc(found, func(s Similar) bool { return !s.Hidden })
	switch {
	case i < 0:
		return fmt.Sprintf("%d that you may not see %s something with this one (%s)", hidden, share(hidden), strings.Join(shared(found...), ", "))
	case hidden > 0:
		return fmt.Sprintf("%s had the same %s, and %d more that you may not see %s something with this one",
			found[i].Number, strings.Join(shared(found[i]), " and "), hidden, share(hidden))
	}
	return found[i].Number + " had the same " + strings.Join(shared(found[i]), " and ")
}

func share(n int) string {
	if n == 1 {
		return "shares"
	}
	return "share"
}

// shared are the kinds of thing that at least one of the earlier deviations has in common with this one.
func shared(found ...Similar) []string {
	var kinds []string
	for _, kind := range []string{"cause", "product", "equipment"} {
		if slices.ContainsFunc(found, func(s Similar) bool { return slices.Contains(s.Matches, kind) }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// disposition decides on each affected lot once, and on no other.
func (c *deviationCheck) disposition(disposition part) {
	affected := affectedLots(c.Class, c.Data)
	decided := map[string]bool{}
	for i, row := range disposition.rows("batches") {
		lot, at := row.text("lot"), inPart(StepDisposition, "batches").index(i).key("lot")
		switch {
		case decided[lot]:
			c.add(at, "duplicate", "This lot is decided on twice.")
		case !slices.Contains(affected, lot):
			c.add(at, "unknown_lot", "This lot is not among the affected batches.")
		}
		decided[lot] = true
	}
	if slices.ContainsFunc(affected, func(lot string) bool { return !decided[lot] }) {
		c.add(inPart(StepDisposition, "batches"), "missing_lot", "Every affected batch needs a decision.")
	}
}

// reviewed keeps the approval of an audit trail from resting on one that was not read.
func (c *deviationCheck) reviewed(review part) {
	if reviewed, answered := review["reviewed"].(bool); answered && !reviewed {
		c.add(inPart(StepAuditTrailReview, "reviewed"), "not_reviewed", "Read the audit trail first, or return the record.")
	}
}
