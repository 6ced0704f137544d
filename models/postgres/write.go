// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/models"
)

// Enter names what a command locks and reads: the organization, its record, and the people whose facts decide.
type Enter struct {
	Org        uuid.UUID   `json:"org"`
	At         time.Time   `json:"at"`
	Command    uuid.UUID   `json:"command"`
	Record     *uuid.UUID  `json:"record,omitempty"`
	Intent     *uuid.UUID  `json:"intent,omitempty"`
	People     []uuid.UUID `json:"people"`
	LockPeople bool        `json:"lock_people,omitempty"` // exclusively, because their roles change
	Prefix     string      `json:"prefix,omitempty"`      // allocate a record number under this prefix
	Site       string      `json:"site,omitempty"`        // of a record that is not there yet
	Task       *uuid.UUID  `json:"task,omitempty"`        // its assignee and owner are read and locked too
	Other      *uuid.UUID  `json:"other,omitempty"`       // another record that the command names, or a group, calendar, absence or session
	Calendars  []string    `json:"calendars"`             // "<id>:<version>" of the calendars at hand
}

// Facts is what enter read under its locks.
type Facts struct {
	Stored *struct {
		Fingerprint models.Bytes   `json:"fingerprint"`
		Receipt     models.Receipt `json:"receipt"`
	} `json:"stored"`
	Org    Organization             `json:"org"`
	Site   *Site                    `json:"site"`
	Record *models.Record           `json:"record"`
	Steps  []models.StepRow         `json:"steps"`
	Tasks  []models.Task            `json:"tasks"` // the open ones, and all of open steps
	Clocks []models.StepClock       `json:"clocks"`
	Done   []models.Performed       `json:"done"`
	People map[string]models.Person `json:"people"`
	Intent *models.IntentRow        `json:"intent"`
	Number int64                    `json:"number"`
	Other  string                   `json:"other"` // number of the other record; "" if there is none

	// Of the people a command of administration concerns; empty for all others.
	Users   map[string]User           `json:"users"`
	Secrets map[string]models.Secrets `json:"secrets"`
	Grants  map[string]GrantRow       `json:"grants"` // in force, by id

	Named Named `json:"-"` // what Other is, where it is no record

	conn *pgxpool.Conn // of the command's transaction
}

// Named is what a command names by its id beside records and people. What it is not is nil.
type Named struct {
	Group    *GroupFacts   `json:"group"`
	Calendar *CalendarRow  `json:"calendar"` // the newest version
	Absence  *Absence      `json:"absence"`
	Session  *SessionFacts `json:"session"`
}

// GroupFacts is a group as locked: whoever is in it is locked, too.
type GroupFacts struct {
	Group
	Members []models.Person `json:"members"`
	Grants  []GrantRow      `json:"grants"` // in force
}

// Has says whether a person is in the group.
func (g *GroupFacts) Has(user uuid.UUID) bool {
	return slices.ContainsFunc(g.Members, func(p models.Person) bool { return p.ID == user })
}

// SessionFacts says whose session it is.
type SessionFacts struct {
	ID      uuid.UUID  `json:"id"`
	User    uuid.UUID  `json:"user_id"`
	Kind    string     `json:"kind"`
	Name    string     `json:"name"`
	EndedAt *time.Time `json:"ended_at"`
}

// Person finds the facts of one of the people that enter was asked for.
func (f *Facts) Person(id uuid.UUID) (models.Person, bool) {
	p, ok := f.People[id.String()]
	return p, ok && p.ID == id
}

// Organization is a tenant.
type Organization struct {
	ID       uuid.UUID          `json:"org_id"`
	Slug     string             `json:"slug"`
	Name     string             `json:"name"`
	Settings models.OrgSettings `json:"settings"`
	Revision int                `json:"revision"`
	Letter   *models.Letter     `json:"letter"` // nil until it is recorded
}

// Site is where records happen. Its calendar turns working durations into instants.
type Site struct {
	Org             uuid.UUID        `json:"org_id"`
	ID              string           `json:"id"`
	Name            string           `json:"name"`
	Zone            string           `json:"zone"`
	Calendar        uuid.UUID        `json:"calendar_id"`
	CalendarVersion int              `json:"calendar_version"`
	Spec            *models.Calendar `json:"calendar"` // nil if it was at hand
}

// Changes are the rows that one command writes, by table.
type Changes struct {
	Counters       []Counter             `json:"counters,omitempty"`
	NewRecords     []models.Record       `json:"new_records,omitempty"`
	Records        []models.Record       `json:"records,omitempty"`
	Touch          []Touch               `json:"touch,omitempty"`
	Versions       []models.Version      `json:"record_versions,omitempty"`
	RecordFiles    []RecordFile          `json:"record_files,omitempty"`
	Links          []models.Link         `json:"links,omitempty"`
	Steps          []models.StepRow      `json:"steps,omitempty"`
	Clocks         []models.StepClock    `json:"clocks,omitempty"`
	Tasks          []models.Task         `json:"tasks,omitempty"`
	Decisions      []models.Decision     `json:"decisions,omitempty"`
	Comments       []models.Comment      `json:"comments,omitempty"`
	Intents        []models.IntentRow    `json:"intents,omitempty"`
	UsedIntents    []UsedIntent          `json:"used_intents,omitempty"`
	Signatures     []models.SignatureRow `json:"signatures,omitempty"`
	SignedSessions []SignedSession       `json:"signed_sessions,omitempty"`
	Policy         []models.PolicyRow    `json:"policy_decisions,omitempty"`
	Audit          []models.AuditRow     `json:"audit_events,omitempty"`
	Personal       []models.PersonalRow  `json:"personal_values,omitempty"`
	Notifications  []models.Notification `json:"notifications,omitempty"`
	Receipts       []Receipt             `json:"receipts,omitempty"`
	Awaiting       []Awaiting            `json:"awaiting,omitempty"`
	Acknowledged   []Awaiting            `json:"acknowledged,omitempty"`
	Identity       *Identity             `json:"identity,omitempty"`
}

// Counter is the last number given under a prefix.
type Counter struct {
	Org    uuid.UUID `json:"org_id"`
	Prefix string    `json:"prefix"`
	Last   int64     `json:"last"`
}

// Touch moves only the sequence of a record's audit events.
type Touch struct {
	Org       uuid.UUID `json:"org_id"`
	ID        uuid.UUID `json:"id"`
	LastSeq   int64     `json:"last_seq"`
	UpdatedAt time.Time `json:"updated_at"`
}

// UsedIntent marks an intent as spent.
type UsedIntent struct {
	Org    uuid.UUID `json:"org_id"`
	ID     uuid.UUID `json:"id"`
	UsedAt time.Time `json:"used_at"`
}

// SignedSession marks that a session has seen its first signing.
type SignedSession struct {
	Org      uuid.UUID `json:"org_id"`
	ID       string    `json:"id"`
	SignedAt time.Time `json:"signed_at"`
}

// Receipt binds a command id to its answer.
type Receipt struct {
	Org         uuid.UUID      `json:"org_id"`
	Command     uuid.UUID      `json:"command_id"`
	Fingerprint models.Bytes   `json:"fingerprint"`
	Receipt     models.Receipt `json:"receipt"`
	At          time.Time      `json:"at"`
}

// Awaiting marks a record whose decision the engine has not yet confirmed.
type Awaiting struct {
	Org    uuid.UUID `json:"org_id"`
	Record uuid.UUID `json:"record_id"`
	Type   string    `json:"record_type"`
	Since  time.Time `json:"since"`
}
