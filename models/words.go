// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import "strings"

// What codes are called on paper: the signing view and the printed record say them as the app does in English, beside the code
// itself, which is what the signature holds.
var (
	roleTitles = map[Role]string{
		RoleAreaHead: "Head of area", RoleExpert: "Subject expert", RoleQualityHead: "Head of quality", RoleAdmin: "Administrator",
	}
	meaningTitles = map[string]string{
		"qa_assessment_approval":    "Approval of the assessment by the quality unit",
		"disposition_decision":      "Decision on the batches",
		"audit_trail_reviewed":      "Review of the audit trail",
		"extension_approval":        "Approval of the extension",
		"cancellation_approval":     "Approval of the cancellation",
		"reclassification_approval": "Approval of the new class",
		"reopen_approval":           "Approval of the reopening",
		"correction_approval":       "Approval of the correction",
	}
	outcomeTitles = map[string]string{OutcomeDone: "Completed", OutcomeRejected: "Refused"}
)

// Title is what the role is called.
func (r Role) Title() string { return titled(roleTitles, r) }

// MeaningTitle is what a signature means, in words (21 CFR 11.50(a)(3)). A meaning that a policy of one's own brings is said by
// its code.
func MeaningTitle(meaning string) string { return titled(meaningTitles, meaning) }

// OutcomeTitle is what a verdict is called once it is given.
func OutcomeTitle(outcome string) string { return titled(outcomeTitles, outcome) }

func titled[K ~string](titles map[K]string, code K) string {
	if title, ok := titles[code]; ok {
		return title
	}
	return Words(string(code))
}

// Words is a code as people read it: "final_approval" is "Final approval".
func Words(code string) string {
	words := strings.Split(code, "_")
	for i, word := range words {
		switch {
		case word == "qa" || word == "capa":
			words[i] = strings.ToUpper(word)
		case i == 0 && word != "":
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, " ")
}
