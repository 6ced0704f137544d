// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// Letter is the organization's certification to the agency that its electronic signatures are meant to be as binding as
// handwritten ones (21 CFR 11.100(c)). It is recorded once.
type Letter struct {
	Reference  string    `json:"reference"`
	SentOn     string    `json:"sent_on"` // the day on the letter, as 2026-12-31
	RecordedBy uuid.UUID `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
}

// NewLetter is the body of the command that records the letter.
type NewLetter struct {
	Reference string `json:"reference"`
	SentOn    string `json:"sent_on"`
}

// SettingsChange is the body of the command that changes the organization's settings: all of Choices, as they are to be.
type SettingsChange struct {
	Revision int     `json:"revision"` // that the person saw
	Choices  Choices `json:"choices"`
	Reason   string  `json:"reason"`
}

// Choices are the settings that an administrator makes. The letter has a command of its own; the label and whether it is a
// demo are the machine owner's.
type Choices struct {
	SignatureRule   string `json:"signature_rule" enum:"strict,session" doc:"strict: all components at every signing; session: 21 CFR 11.200(a)(1)(i)."`
	LetterRequired  bool   `json:"letter_required" doc:"Nothing is signed until the letter of 21 CFR 11.100(c) is on file."`
	EscalationOff   bool   `json:"escalation_off" doc:"Nobody is warned or escalated to: for migrated data."`
	IdleMinutes     int    `json:"idle_minutes" minimum:"0" maximum:"1440" doc:"A session ends after so many minutes without a request; 0: 15."`
	AbsoluteMinutes int    `json:"absolute_minutes" minimum:"0" maximum:"1440" doc:"A session ends after so many minutes; 0: 720."`
	LockAfter       int    `json:"lock_after" minimum:"0" maximum:"20" doc:"So many wrong attempts in a row lock an account; 0: 5."`
	TOTPRequired    bool   `json:"totp_required" doc:"Signing needs a one-time code beside the password."`
	SubordinateRule string `json:"subordinate_rule" enum:"warn,deny" doc:"When somebody approves the work of his own manager."`
}

// ChoicesOf are the choices in settings, with what stands for those never made.
func ChoicesOf(o OrgSettings) Choices {
	c := Choices{
		SignatureRule: o.SignatureRule, LetterRequired: o.LetterRequired, EscalationOff: o.EscalationOff, IdleMinutes: o.IdleMinutes,
		AbsoluteMinutes: o.AbsoluteMinutes, LockAfter: o.LockAfter, TOTPRequired: o.TOTPRequired, SubordinateRule: o.SubordinateRule,
	}
	if c.SignatureRule == "" {
		c.SignatureRule = "strict"
	}
	if c.SubordinateRule == "" {
		c.SubordinateRule = "warn"
	}
	return c
}

// Apply makes the choices in settings.
func (c Choices) Apply(o OrgSettings) OrgSettings {
	o.SignatureRule, o.LetterRequired, o.EscalationOff, o.IdleMinutes = c.SignatureRule, c.LetterRequired, c.EscalationOff, c.IdleMinutes
	o.AbsoluteMinutes, o.LockAfter, o.TOTPRequired, o.SubordinateRule = c.AbsoluteMinutes, c.LockAfter, c.TOTPRequired, c.SubordinateRule
	return o
}

// CalendarChange is the body of the command that makes a calendar or its next version.
type CalendarChange struct {
	Calendar Calendar `json:"calendar"`
	Version  int      `json:"version"` // that the person saw; 0 for a new calendar
	Reason   string   `json:"reason"`
}

// NewSite is the body of the command that makes a site.
type NewSite struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Zone     string    `json:"zone"` // IANA name
	Calendar uuid.UUID `json:"calendar"`
	Reason   string    `json:"reason"`
}
