// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Ask is the whole of what policy may look at for one decision. Commit fills it from rows it has locked.
type Ask struct {
	Action  string       `json:"action"` // "task.claim", "record.cancel"...
	At      time.Time    `json:"at"`
	Actor   Person       `json:"actor"`
	Behalf  *Person      `json:"behalf,omitempty"` // the absent or delegating person; segregation is tested against both (S9)
	Target  *Person      `json:"target,omitempty"` // whom a delegation or reassignment names
	Record  *RecordFacts `json:"record,omitempty"`
	Task    *TaskFacts   `json:"task,omitempty"`
	Step    string       `json:"step,omitempty"` // for plans: the step that is about to open
	Round   int          `json:"round,omitempty"`
	Done    []Performed  `json:"done"` // who did what on the record so far, all rounds
	Signing bool         `json:"signing"`
	Org     OrgSettings  `json:"org"`
	Admin   *AdminChange `json:"admin,omitempty"` // for administration: what is about to change
	File    *FileFacts   `json:"file,omitempty"`  // of a record, that is about to be removed
}

// FileFacts is an attached file as policy sees it.
type FileFacts struct {
	Name    string    `json:"name"`
	SHA256  string    `json:"sha256"`
	AddedBy uuid.UUID `json:"added_by"`
}

// RecordFacts is the record as policy sees it.
type RecordFacts struct {
	ID         uuid.UUID       `json:"id"`
	Type       string          `json:"type"`
	Class      string          `json:"class"` // "" until classified
	State      string          `json:"state"`
	Site       string          `json:"site"`
	Owner      uuid.UUID       `json:"owner"`
	Reporter   uuid.UUID       `json:"reporter"`
	Involved   []uuid.UUID     `json:"involved"` // persons named as involved in what happened
	Flags      map[string]bool `json:"flags"`
	Extensions int             `json:"extensions"`
	DueAt      time.Time       `json:"due_at"`
	AwareAt    time.Time       `json:"aware_at"`
	OpenedAt   time.Time       `json:"opened_at"`
	Migrated   bool            `json:"migrated"`
	Closed     bool            `json:"closed"`
}

// TaskFacts is a task as policy sees it.
type TaskFacts struct {
	ID         uuid.UUID   `json:"id"`
	Step       string      `json:"step"`
	Round      int         `json:"round"`
	Kind       StepKind    `json:"kind"`
	State      string      `json:"state"`
	Assignee   *uuid.UUID  `json:"assignee"`
	Owner      *uuid.UUID  `json:"owner"`      // set while delegated: to whom it comes back
	Candidates []string    `json:"candidates"` // scope keys: "u:<user>", "r:<role>:<site>"
	Barred     []uuid.UUID `json:"barred"`     // persons whom segregation keeps from it
	Meaning    string      `json:"meaning"`    // "" where no signature is asked
	Requester  *uuid.UUID  `json:"requester"`  // of a side step: who asked (S4)
}

// Performed is one act on a record that segregation of duties looks at.
type Performed struct {
	Step   string     `json:"step"`
	Round  int        `json:"round"`
	Kind   StepKind   `json:"kind"`
	Person uuid.UUID  `json:"person"`
	Behalf *uuid.UUID `json:"behalf,omitempty"`
	Signed bool       `json:"signed"`
}

// AdminChange is what an administrator is about to change.
type AdminChange struct {
	What   string     `json:"what"`
	Person *uuid.UUID `json:"person,omitempty"` // whom it concerns
	Holds  []Grant    `json:"holds,omitempty"`  // what that person holds today
	Adds   []Grant    `json:"adds,omitempty"`

	Members []MemberChange `json:"members,omitempty"`  // of a group that changes
	ResetBy *uuid.UUID     `json:"reset_by,omitempty"` // who reset the person's credentials, until another has confirmed him

	Substitute *uuid.UUID `json:"substitute,omitempty"` // who is to act for the person while he is away
}

// MemberChange is what the change of a group means for one person in it.
type MemberChange struct {
	Person uuid.UUID `json:"person"`
	Kind   ActorKind `json:"kind"`
	Holds  []Grant   `json:"holds,omitempty"`
	Adds   []Grant   `json:"adds,omitempty"`
}

// OrgSettings are the organization's choices that policy reads.
type OrgSettings struct {
	SignatureRule   string `json:"signature_rule"`   // "strict" (default) or "session" (11.200(a)(1)(i))
	LetterReference string `json:"letter_reference"` // non-repudiation letter (11.100(c))
	LetterRequired  bool   `json:"letter_required"`  // signing waits for it
	EscalationOff   bool   `json:"escalation_off"`   // migrated data: no ladder
	Demo            bool   `json:"demo,omitempty"`   // everybody knows its passwords: it answers on a loopback address only
	Label           string `json:"label,omitempty"`  // shown beside the name, "public FDA data"
	IdleMinutes     int    `json:"idle_minutes"`     // session idle timeout
	AbsoluteMinutes int    `json:"absolute_minutes"` // session absolute timeout
	LockAfter       int    `json:"lock_after"`       // failed attempts
	TOTPRequired    bool   `json:"totp_required"`    // signing needs a one-time code beside the password
	SubordinateRule string `json:"subordinate_rule"` // S10: "warn" or "deny"
}

// Verdict is policy's answer, with enough to explain it and to find it again.
type Verdict struct {
	ID       uuid.UUID     `json:"id"`
	Revision int           `json:"revision"` // of the bundle: short for Policies
	Policies string        `json:"policies"` // SHA-256 of all that decided, in hex: PolicySource has the content
	Allow    bool          `json:"allow"`
	Rule     string        `json:"rule"` // the rule that decided
	Reasons  []Reason      `json:"reasons"`
	Input    []byte        `json:"-"`      // what policy looked at, as RFC 8785 canonical JSON
	Digest   []byte        `json:"digest"` // SHA-256 of Input
	Took     time.Duration `json:"took"`
}

// Plan is policy's answer to "who, by when, how" for one step, in rules and durations; Commit turns it into people and instants.
type Plan struct {
	Step       string          `json:"step"`
	Kind       StepKind        `json:"kind"`
	Title      string          `json:"title"`
	Candidates []CandidateRule `json:"candidates"`
	Assign     string          `json:"assign,omitempty"` // "owner" or "reporter": assigned at once instead of offered to a group
	Quorum     int             `json:"quorum"`
	Barred     []Barred        `json:"barred"` // whom segregation keeps from it, and by which rule
	Form       string          `json:"form,omitempty"`
	Due        DueRule         `json:"due"`
	Warn       []string        `json:"warn"`                 // durations before due
	Ladder     []Rung          `json:"ladder"`               // after due
	Meaning    string          `json:"meaning,omitempty"`    // of the signature; "" asks for none
	Components []string        `json:"components,omitempty"` // "password", "totp", "passkey"
	Outcomes   []OutcomeRule   `json:"outcomes"`
	Priority   int             `json:"priority"` // 1 highest to 4
	Rule       string          `json:"rule"`     // which line of the matrix
	Revision   int             `json:"revision"`
	Statutory  bool            `json:"statutory,omitempty"` // its due date no extension moves
}

// CandidateRule offers a task to the holders of a role at the record's site, or anywhere.
type CandidateRule struct {
	Role Role   `json:"role"`
	Site string `json:"site"` // "record" or AllSites
}

// Barred is one person whom a segregation rule keeps from a step.
type Barred struct {
	Person uuid.UUID `json:"person"`
	Rule   string    `json:"rule"` // S1...
	Text   string    `json:"text"`
}

// DueRule says from which instant a duration runs. Durations are those of ParseDuration: "5wd", "30d", "24h", "-3d".
type DueRule struct {
	From  string `json:"from"` // "opened", "record_due", "aware"
	After string `json:"after"`
}

// Rung is one step of an escalation ladder: so long after due, do this.
type Rung struct {
	After string `json:"after"`
	Do    string `json:"do"` // notify_assignee, notify_manager, notify_role, add_candidate, reassign, hand_to_role
	Role  Role   `json:"role,omitempty"`
}

// OutcomeRule is one verdict that a step offers.
type OutcomeRule struct {
	Name        string   `json:"name"`
	NeedsReason bool     `json:"needs_reason"`
	ReturnTo    []string `json:"return_to,omitempty"` // the steps it may name
}

// RecordPlan is policy's answer for a whole record when it is created: by when it should be closed and who hears of it.
type RecordPlan struct {
	Due      DueRule  `json:"due"`
	Warn     []string `json:"warn"`
	Ladder   []Rung   `json:"ladder"`
	Rule     string   `json:"rule"`
	Revision int      `json:"revision"`
}

// Scope is the set of keys by which lists are read: a list is the union of one index scan a key.
type Scope struct {
	Tasks   []string `json:"tasks"`   // "u:<me>", "r:<role>:<site>"
	Records []string `json:"records"` // "all", "site:<site>", "u:<me>"
	Levels  []string `json:"levels"`  // "all", "site:<site>": whose service levels and figures
}

// Reads says whether a record is under one of the keys.
func (s Scope) Reads(site string, owner, reporter uuid.UUID) bool {
	for _, key := range s.Records {
		switch key {
		case "all", "site:" + site, UserKey(owner), UserKey(reporter):
			return true
		}
	}
	return false
}

// PolicyDecision is a logged answer, kept with the act that it allowed or refused.
type PolicyDecision struct {
	ID       uuid.UUID       `json:"id"`
	Action   string          `json:"action"`
	Revision int             `json:"revision"`
	Policies string          `json:"policies"` // as in Verdict: which rules and data answered
	Allow    bool            `json:"allow"`
	Rule     string          `json:"rule"`
	Reasons  []Reason        `json:"reasons"`
	Input    json.RawMessage `json:"input"`
}

// PolicySource is all that decides under one revision: the rules, their data, and what further types of record bring. Digest is
// the SHA-256, in hex, of one line a file in the order of their names, as sha256sum writes them.
type PolicySource struct {
	Digest   string
	Revision int
	Files    map[string]string // content by name
}

// PolicyOverview is the policies in force, for reading.
type PolicyOverview struct {
	Revision    int               `json:"revision" doc:"From the digest: other policies have another one."`
	Digest      string            `json:"digest" doc:"SHA-256 of all that decides: rules and data."`
	Types       []TypePolicy      `json:"types"`
	Segregation []SegregationRule `json:"segregation" doc:"What keeps whom from what, whoever is asked."`
	Actions     []ActionPolicy    `json:"actions" doc:"Who may do what beside the tasks of a process."`
}

// TypePolicy is what the matrix says of a type of record.
type TypePolicy struct {
	Type   string             `json:"type"`
	Create []Role             `json:"create" doc:"Who files it."`
	Due    map[string]DueRule `json:"due" doc:"By when a record is closed, by flag; * for the rest."`
	Warn   []string           `json:"warn"`
	Ladder []Rung             `json:"ladder"`
	Steps  []StepPolicy       `json:"steps"`
}

// StepPolicy is one line of the matrix: a step for a class, with its defaults.
type StepPolicy struct {
	Step       string          `json:"step"`
	Class      string          `json:"class" doc:"* for every class that has no line of its own."`
	Kind       StepKind        `json:"kind"`
	Side       bool            `json:"side" doc:"Beside the main line: an extension, a cancellation."`
	Title      string          `json:"title"`
	Candidates []CandidateRule `json:"candidates"`
	Assign     string          `json:"assign,omitempty"`
	Quorum     int             `json:"quorum"`
	Form       string          `json:"form,omitempty"`
	Due        DueRule         `json:"due"`
	Statutory  bool            `json:"statutory" doc:"No extension moves it."`
	Warn       []string        `json:"warn"`
	Ladder     []Rung          `json:"ladder"`
	Meaning    string          `json:"meaning,omitempty" doc:"Of the signature; absent where none is asked."`
	Outcomes   []OutcomeRule   `json:"outcomes"`
	Priority   int             `json:"priority"`
}

// SegregationRule is one rule of segregation of duties, with the words in which it refuses.
type SegregationRule struct {
	Rule string `json:"rule" example:"S1"`
	Text string `json:"text"`
	Type string `json:"type,omitempty" doc:"The type of record that it is for; absent for all."`
	Step string `json:"step,omitempty"`
}

// ActionPolicy is who may do something, by what he holds or is to the record.
type ActionPolicy struct {
	Action    string   `json:"action"`
	Roles     []Role   `json:"roles"`
	Relations []string `json:"relations" doc:"owner, reporter, self, assignee..."`
	Service   bool     `json:"service" doc:"Service accounts may, too."`
	Refusal   string   `json:"refusal" doc:"What others are told."`
}
