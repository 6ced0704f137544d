// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package pages

import "time"

// Print is a record as printed on paper: clear, complete, and marked where data changed since its original entry (Annex 11
// section 8), with the signatures as 21 CFR 11.50 wants them.
type Print struct {
	Organization, Type, Number, Title, Class, State, Site string
	Owner, Reporter, AwareAt, DueAt, ClosedAt             string
	Version, Current                                      int
	Hash                                                  string // of the version's content, hex SHA-256
	By, At, Event                                         string // who printed it and when, and the audit event
	Sections                                              []Section
	Files                                                 []File
	Signatures                                            []Signature
	Changes                                               int // how many values were changed since their original entry
	Nonce                                                 string
}

func (*Print) template() string { return "print.html" }

// Section is what the form of one step holds.
type Section struct {
	Title  string
	Fields []Field
}

// Field is one answer, with what stood there before.
type Field struct {
	Label, Value string
	Removed      bool // it is not in this version any more
	Before       []Before
}

// Before is a value that was replaced.
type Before struct {
	Value, By, At, Why string
	Version            int // that replaced it
}

// File is one attached file, which signatures on the version cover by its hash.
type File struct{ Name, SHA256 string }

// Signature is one electronic signature.
type Signature struct {
	Name, Username, Role, For string
	Meaning, Step, Outcome    string // codes
	StepTitle                 string
	At                        string
	Version                   int
	Hash, ID, Factors         string
	Valid                     bool
	Verification              string
	LaterChange               bool
}

// AskPrint asks whether a copy should be made: each is recorded, so none is made by following a link.
type AskPrint struct {
	Number, Title string
	Action, Key   string
	Version       int
	Current       int
	Opened        bool // the copy asked for was opened before, or too late
}

func (*AskPrint) template() string { return "ask.html" }

// Instant is a time as records show it: 22 Nov 2026 14:05:09 CET (UTC+01:00).
func Instant(at time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return at.In(loc).Format("2 Jan 2006 15:04:05 MST (UTC-07:00)")
}
