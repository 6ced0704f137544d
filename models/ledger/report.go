// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Code names one way in which a log or pack can fail. Codes are stable.
type Code string

// What verification can find.
const (
	EventAltered          Code = "event_altered"
	EventMissing          Code = "event_missing"
	EventMalformed        Code = "event_malformed"
	EventsReordered       Code = "events_reordered"
	TreeAltered           Code = "tree_altered"
	LogTruncated          Code = "log_truncated"
	LogRolledBack         Code = "log_rolled_back"
	VersionAltered        Code = "version_altered"
	VersionMissing        Code = "version_missing"
	SignatureAltered      Code = "signature_altered"
	SignatureMoved        Code = "signature_moved"
	SignatureMissing      Code = "signature_missing"
	IntentAltered         Code = "intent_altered"
	ViewAltered           Code = "view_altered"
	KeyUnknown            Code = "key_unknown"
	KeyRevoked            Code = "key_revoked"
	HeadForged            Code = "head_forged"
	FileAltered           Code = "file_altered"
	FileMissing           Code = "file_missing"
	SequenceGap           Code = "sequence_gap"
	PersonalAltered       Code = "personal_altered"
	PolicyDecisionAltered Code = "policy_decision_altered"
	TimeReversed          Code = "time_reversed"
	PackMalformed         Code = "pack_malformed"
)

// Options is what the verifier was given apart from the pack or log itself.
type Options struct {
	TrustedKeys []Key     // received out of band; RevokedAt is honoured
	Checkpoint  string    // a head kept outside, "" if there is none
	Now         time.Time // events after it are refused; zero: not checked
}

// Finding is one thing that is wrong.
type Finding struct {
	Code    Code   `json:"code"`
	Where   string `json:"where"`
	Message string `json:"message"`
}

// Unchecked is one thing that could not be checked. It is never the same as fine.
type Unchecked struct {
	What string `json:"what"`
	Why  string `json:"why"`
	How  string `json:"how"` // to find out
}

// Counts says how much was looked at.
type Counts struct {
	Events     int64 `json:"events"`
	Unsealed   int64 `json:"unsealed"`
	Heads      int64 `json:"heads"`
	Versions   int64 `json:"versions"`
	Signatures int64 `json:"signatures"`
	Views      int64 `json:"views"`
	Decisions  int64 `json:"decisions"`
	Files      int64 `json:"files"`
	Personal   int64 `json:"personal"`
	Erased     int64 `json:"erased"`
}

// maxFindings bounds a report; a log that is wrong everywhere needs no longer list.
const maxFindings = 1000

// Report is the outcome of a verification.
type Report struct {
	OK         bool        `json:"ok"` // nothing wrong was found; see NotChecked
	Subject    string      `json:"subject"`
	Head       *HeadInfo   `json:"head,omitempty"`
	Findings   []Finding   `json:"findings"`
	More       int         `json:"more,omitempty"` // findings left out
	NotChecked []Unchecked `json:"not_checked"`
	Counts     Counts      `json:"counts"`
}

// HeadInfo is the signed head that the report rests on.
type HeadInfo struct {
	Size int64     `json:"size"`
	Root Hash      `json:"root"`
	At   time.Time `json:"at"`
	Keys []string  `json:"keys"`
}

func newReport(subject string) *Report {
	return &Report{Subject: subject, Findings: []Finding{}, NotChecked: []Unchecked{}}
}

func (r *Report) find(code Code, where, format string, args ...any) {
	if len(r.Findings) >= maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{code, where, fmt.Sprintf(format, args...)})
}

func (r *Report) unchecked(what, why, how string) {
	r.NotChecked = append(r.NotChecked, Unchecked{what, why, how})
}

// sorted runs a step that reports in random order and puts what it found into order.
func (r *Report) sorted(step func()) {
	first := len(r.Findings)
	step()
	slices.SortStableFunc(r.Findings[first:], func(a, b Finding) int { return strings.Compare(a.Where, b.Where) })
}

// has reports whether one of the codes was found.
func (r *Report) has(codes ...Code) bool {
	for _, f := range r.Findings {
		for _, c := range codes {
			if f.Code == c {
				return true
			}
		}
	}
	return false
}

func (r *Report) done() Report {
	r.OK = len(r.Findings) == 0
	return *r
}

// meanings are the codes in the words of a quality manager.
var meanings = map[Code]string{
	EventAltered:          "An audit trail entry was changed after it was sealed",
	EventMissing:          "An audit trail entry is missing",
	EventMalformed:        "An audit trail entry cannot be read",
	EventsReordered:       "Audit trail entries stand in another order than they were sealed in",
	TreeAltered:           "The stored seal of an audit trail entry was changed; the entry itself is as it was sealed",
	LogTruncated:          "The end of the audit trail was cut off",
	LogRolledBack:         "This is an older state of the audit trail than one that is known to have existed",
	VersionAltered:        "The content of a record version was changed",
	VersionMissing:        "A record version that the audit trail speaks of is missing",
	SignatureAltered:      "An electronic signature was changed, or is not genuine",
	SignatureMoved:        "An electronic signature was copied to something that was not signed",
	SignatureMissing:      "An electronic signature that the audit trail speaks of is missing",
	IntentAltered:         "What a person was asked to sign was changed",
	ViewAltered:           "The page that the signer saw was changed",
	KeyUnknown:            "A signing key is not one that is trusted",
	KeyRevoked:            "A signing key was used after it was revoked",
	HeadForged:            "The signed summary of the audit trail is not genuine, or there are two different ones",
	FileAltered:           "A file was changed, added or removed",
	FileMissing:           "A file that was attached to a record is missing",
	SequenceGap:           "The entries of a record are not numbered without gaps",
	PersonalAltered:       "A personal value was changed",
	PolicyDecisionAltered: "A policy decision was changed",
	TimeReversed:          "Time runs backwards",
	PackMalformed:         "This is not a complete evidence pack",
}

// Text writes the report for a reader who is not a programmer.
func (r Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", r.Subject, r.verdict())
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s.\n   Where: %s\n   %s\n   (%s)\n", i+1, meanings[f.Code], f.Where, f.Message, f.Code)
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "\n... and %d more.\n", r.More)
	}
	if len(r.NotChecked) > 0 {
		b.WriteString("\nNOT CHECKABLE (this does not mean that it is in order):\n")
	}
	for _, u := range r.NotChecked {
		fmt.Fprintf(&b, "\n- %s\n  Why: %s\n  To find out: %s\n", u.What, u.Why, u.How)
	}
	fmt.Fprintf(&b, "\n%s\n", r.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) verdict() string {
	switch {
	case !r.OK && len(r.Findings)+r.More == 1:
		return "FAILED: 1 thing is wrong."
	case !r.OK:
		return fmt.Sprintf("FAILED: %d things are wrong.", len(r.Findings)+r.More)
	case len(r.NotChecked) > 0:
		return "Nothing wrong was found in what could be checked. Read below what could not be."
	default:
		return "VERIFIED: everything was checked and nothing is wrong."
	}
}

func (r Report) summary() string {
	c := r.Counts
	s := fmt.Sprintf("Checked: %d audit trail entries, %d record versions, %d signatures, %d signed views, %d policy decisions, %d files, %d personal values.",
		c.Events, c.Versions, c.Signatures, c.Views, c.Decisions, c.Files, c.Personal)
	if c.Erased > 0 {
		s += fmt.Sprintf(" %d personal values were erased.", c.Erased)
	}
	if r.Head != nil {
		s += fmt.Sprintf("\nSealed by the head of %s over %d entries, signed by key %s.",
			r.Head.At.UTC().Format("2006-01-02 15:04:05 UTC"), r.Head.Size, strings.Join(r.Head.Keys, ", "))
	}
	return s
}
