// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"time"

	"github.com/google/uuid"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/countersign/countersign/models"
)

// shape is the names of an object's fields, made into terms once.
type shape []*ast.Term

func fields(names ...string) shape {
	s := make(shape, len(names))
	for i, name := range names {
		s[i] = ast.StringTerm(name)
	}
	return s
}

// object pairs the fields with their values. A nil value leaves its field out.
func (s shape) object(values ...*ast.Term) *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(s))
	for i, value := range values {
		if value != nil {
			pairs = append(pairs, [2]*ast.Term{s[i], value})
		}
	}
	return ast.ObjectTerm(pairs...)
}

var (
	askFields = fields("action", "at", "actor", "behalf", "target", "record", "task", "step", "round", "done", "signing", "org", "admin", "file")

	personFields = fields("id", "kind", "username", "name", "active", "locked", "statement_signed", "identity_verified",
		"credential_reset", "grants", "absent")

	grantFields = fields("role", "site")

	recordFields = fields("id", "type", "class", "state", "site", "owner", "reporter", "involved", "flags", "extensions", "due_at",
		"aware_at", "opened_at", "migrated", "closed")

	taskFields = fields("id", "step", "round", "kind", "state", "assignee", "owner", "candidates", "barred", "meaning", "requester")

	performedFields = fields("step", "round", "kind", "person", "behalf", "signed")

	orgFields = fields("signature_rule", "letter_reference", "letter_required", "escalation_off", "label", "idle_minutes",
		"absolute_minutes", "lock_after", "totp_required", "subordinate_rule")

	adminFields = fields("what", "person", "holds", "adds", "members", "reset_by", "substitute")

	memberFields = fields("person", "kind", "holds", "adds")

	fileFields = fields("name", "sha256", "added_by")
)

// input is the Ask as the value that Rego reads: the same as its JSON, and a test holds the two equal. It is written out because
// policy is asked at every decision, and the way over encoding/json costs more than the evaluation.
func input(a models.Ask) ast.Object {
	return askFields.object(
		text(a.Action), instant(a.At), personTerm(&a.Actor), personTerm(a.Behalf), personTerm(a.Target), recordTerm(a.Record), taskTerm(a.Task),
		filled(a.Step), counted(a.Round), array(a.Done, performedTerm), ast.InternedTerm(a.Signing), orgTerm(a.Org), adminTerm(a.Admin), fileTerm(a.File),
	).Value.(ast.Object)
}

func personTerm(p *models.Person) *ast.Term {
	if p == nil {
		return nil
	}
	return personFields.object(
		id(p.ID), text(string(p.Kind)), text(p.Username), text(p.Name), ast.InternedTerm(p.Active), ast.InternedTerm(p.Locked),
		ast.InternedTerm(p.StatementSigned), ast.InternedTerm(p.IdentityVerified), ast.InternedTerm(p.CredentialReset),
		array(p.Grants, grantTerm), ast.InternedTerm(p.Absent),
	)
}

func grantTerm(g models.Grant) *ast.Term {
	return grantFields.object(text(string(g.Role)), text(g.Site))
}

func recordTerm(r *models.RecordFacts) *ast.Term {
	if r == nil {
		return nil
	}
	return recordFields.object(
		id(r.ID), text(r.Type), text(r.Class), text(r.State), text(r.Site), id(r.Owner), id(r.Reporter), array(r.Involved, id),
		flagsTerm(r.Flags), number(r.Extensions), instant(r.DueAt), instant(r.AwareAt), instant(r.OpenedAt),
		ast.InternedTerm(r.Migrated), ast.InternedTerm(r.Closed),
	)
}

func flagsTerm(flags map[string]bool) *ast.Term {
	if flags == nil {
		return ast.InternedNullTerm
	}
	pairs := make([][2]*ast.Term, 0, len(flags))
	for name, set := range flags {
		pairs = append(pairs, [2]*ast.Term{text(name), ast.InternedTerm(set)})
	}
	return ast.ObjectTerm(pairs...)
}

func taskTerm(t *models.TaskFacts) *ast.Term {
	if t == nil {
		return nil
	}
	return taskFields.object(
		id(t.ID), text(t.Step), number(t.Round), text(string(t.Kind)), text(t.State), idOrNull(t.Assignee), idOrNull(t.Owner),
		array(t.Candidates, text), array(t.Barred, id), text(t.Meaning), idOrNull(t.Requester),
	)
}

func performedTerm(p models.Performed) *ast.Term {
	return performedFields.object(
		text(p.Step), number(p.Round), text(string(p.Kind)), id(p.Person), idOrNothing(p.Behalf), ast.InternedTerm(p.Signed),
	)
}

func orgTerm(o models.OrgSettings) *ast.Term {
	return orgFields.object(
		text(o.SignatureRule), text(o.LetterReference), ast.InternedTerm(o.LetterRequired), ast.InternedTerm(o.EscalationOff),
		filled(o.Label), number(o.IdleMinutes), number(o.AbsoluteMinutes), number(o.LockAfter), ast.InternedTerm(o.TOTPRequired),
		text(o.SubordinateRule),
	)
}

func adminTerm(c *models.AdminChange) *ast.Term {
	if c == nil {
		return nil
	}
	return adminFields.object(
		text(c.What), idOrNothing(c.Person), arrayOrNothing(c.Holds, grantTerm), arrayOrNothing(c.Adds, grantTerm),
		arrayOrNothing(c.Members, memberTerm), idOrNothing(c.ResetBy), idOrNothing(c.Substitute),
	)
}

func memberTerm(m models.MemberChange) *ast.Term {
	return memberFields.object(id(m.Person), text(string(m.Kind)), arrayOrNothing(m.Holds, grantTerm), arrayOrNothing(m.Adds, grantTerm))
}

func fileTerm(f *models.FileFacts) *ast.Term {
	if f == nil {
		return nil
	}
	return fileFields.object(text(f.Name), text(f.SHA256), id(f.AddedBy))
}

func text(s string) *ast.Term { return ast.StringTerm(s) }

func filled(s string) *ast.Term {
	if s == "" {
		return nil
	}
	return text(s)
}

func number(n int) *ast.Term {
	return ast.InternedTerm(n)
}

func counted(n int) *ast.Term {
	if n == 0 {
		return nil
	}
	return number(n)
}

func instant(t time.Time) *ast.Term { return text(t.Format(time.RFC3339Nano)) }

func id(u uuid.UUID) *ast.Term { return text(u.String()) }

func idOrNull(u *uuid.UUID) *ast.Term {
	if u == nil {
		return ast.InternedNullTerm
	}
	return id(*u)
}

func idOrNothing(u *uuid.UUID) *ast.Term {
	if u == nil {
		return nil
	}
	return id(*u)
}

func array[T any](values []T, term func(T) *ast.Term) *ast.Term {
	if values == nil {
		return ast.InternedNullTerm
	}
	terms := make([]*ast.Term, len(values))
	for i, v := range values {
		terms[i] = term(v)
	}
	return ast.ArrayTerm(terms...)
}

func arrayOrNothing[T any](values []T, term func(T) *ast.Term) *ast.Term {
	if len(values) == 0 {
		return nil
	}
	return array(values, term)
}
