// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Kind of actor. A service account files and signals and never signs; system is a timer or the process itself.
type ActorKind string

// The kinds of actor.
const (
	KindPerson  ActorKind = "person"
	KindService ActorKind = "service"
	KindSystem  ActorKind = "system"
)

// Role is what a person may be asked to do. Each grant of a role is scoped to a site or to all of them.
type Role string

// The roles of the base policy.
const (
	RoleReporter     Role = "reporter"     // reports what happened
	RoleAreaOwner    Role = "area_owner"   // owns the area's records: containment, assessment, cause of minor ones
	RoleAreaHead     Role = "area_head"    // head of the area: technical approval
	RoleInvestigator Role = "investigator" // finds the cause
	RoleExpert       Role = "expert"       // subject-matter expert
	RoleQA           Role = "qa_approver"  // the quality unit: assessment, disposition, closure
	RoleQualityHead  Role = "quality_head" // head of quality: critical closures, reopening, reportability
	RoleManager      Role = "manager"      // watches service levels, receives escalations
	RoleInspector    Role = "inspector"    // reads everything of the record, changes nothing
	RoleAdmin        Role = "admin"        // administers the system and holds no quality role (S6)
	RoleIntegration  Role = "integration"  // service accounts: file and signal
)

// Roles lists every role, in the order people read them.
var Roles = []Role{
	RoleReporter, RoleAreaOwner, RoleAreaHead, RoleInvestigator, RoleExpert, RoleQA,
	RoleQualityHead, RoleManager, RoleInspector, RoleAdmin, RoleIntegration,
}

// AllSites is the scope of a grant that is not limited to one site.
const AllSites = "*"

// Grant gives a role at one site (its id) or at AllSites.
type Grant struct {
	Role Role   `json:"role"`
	Site string `json:"site"`
}

// Person is what policy may know of an actor at the instant of a command.
type Person struct {
	ID               uuid.UUID `json:"id"`
	Kind             ActorKind `json:"kind"`
	Username         string    `json:"username"`
	Name             string    `json:"name"`
	Active           bool      `json:"active"`
	Locked           bool      `json:"locked"`
	StatementSigned  bool      `json:"statement_signed"`  // 11.10(j)
	IdentityVerified bool      `json:"identity_verified"` // 11.100(b)
	CredentialReset  bool      `json:"credential_reset"`  // an admin reset it: cannot sign until re-enrolled (11.200(a)(3))
	Grants           []Grant   `json:"grants"`
	Absent           bool      `json:"absent"`
}

// Has says whether the person holds role at site.
func (p Person) Has(role Role, site string) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool {
		return g.Role == role && (g.Site == AllSites || g.Site == site)
	})
}

// RoleAt names one role that the person holds at site, for the manifest: the first of preferred that is held, else any held there.
func (p Person) RoleAt(site string, preferred ...Role) Role {
	for _, r := range preferred {
		if p.Has(r, site) {
			return r
		}
	}
	for _, g := range p.Grants {
		if g.Site == AllSites || g.Site == site {
			return g.Role
		}
	}
	return ""
}

// Source says through which door a command came (11.10(h)).
type Source struct {
	Kind    string `json:"kind"`              // ui, api, api_key, integration, timer, process
	Address string `json:"address,omitempty"` // network address, personal data
	Device  string `json:"device,omitempty"`
	Session string `json:"session,omitempty"`
}

// System is the actor of timers and of the process itself.
func System() Person {
	return Person{ID: uuid.Nil, Kind: KindSystem, Username: "system", Name: "Countersign", Active: true}
}

// Session is who is asking, as read from the session row at every request: a revoked role bites at once.
type Session struct {
	ID              string      `json:"id"`
	Org             uuid.UUID   `json:"org"`
	Person          Person      `json:"person"`
	Kind            string      `json:"kind"` // cookie, bearer, api_key
	StartedAt       time.Time   `json:"started_at"`
	ExpiresAt       time.Time   `json:"expires_at"`
	Settings        OrgSettings `json:"settings"`          // of the organization
	MustChange      bool        `json:"must_change"`       // the password was set by an administrator: good for changing it only
	SignedInSession bool        `json:"signed_in_session"` // a first signing with all components has been made (11.200(a)(1)(i))
	Task            *TaskRef    `json:"task"`              // that the request is about; nil if it names none, or there is none
}

// TaskRef is what has to be known of a task to give a command about it.
type TaskRef struct {
	ID         uuid.UUID `json:"id"`
	Record     uuid.UUID `json:"record_id"`
	RecordType string    `json:"record_type"`
	Step       string    `json:"step"`
	Meaning    string    `json:"meaning"` // "" where no signature is asked
}
