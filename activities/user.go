// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

func personOf(cmd models.Command) uuid.UUID {
	body, err := read[models.PersonRef](cmd)
	if err != nil {
		return uuid.Nil
	}
	return body.User
}

func peopleOf(cmd models.Command) []uuid.UUID {
	if id := personOf(cmd); id != uuid.Nil {
		return []uuid.UUID{id}
	}
	return nil
}

func applyUserCreate(_ context.Context, t *tx) error {
	body, err := read[models.NewUser](t.cmd)
	if err != nil {
		return err
	}
	if err := checkUser(body); err != nil {
		return err
	}
	user := postgres.User{
		Org: t.cmd.Org, ID: body.ID, Kind: body.Kind, Username: body.Username, Name: body.Name, Email: body.Email, Active: true,
		CreatedAt: t.now, CreatedBy: t.actor.ID,
	}
	if body.Secrets != nil {
		// Whoever knows the first password does not confirm who the person is: misuse takes two (11.200(a)(3)).
		user.CredentialResetBy = &t.actor.ID
		t.identity().Credentials = []models.Secrets{*body.Secrets}
	}
	t.identity().NewUsers = []postgres.User{user}
	t.note("user", nil, map[string]any{"id": body.ID, "kind": body.Kind})
	t.event.reason, t.receipt.Result = body.Reason, issued(body.Issue)
	t.event.personal = map[string]string{"username": body.Username, "name": body.Name, "email": body.Email}
	return nil
}

const maxName = 200

func checkUser(u models.NewUser) error {
	switch {
	case u.ID == uuid.Nil || (u.Kind != models.KindPerson && u.Kind != models.KindService):
		return models.InvalidField("kind", "enum", "A user is a person or a service account.")
	case !validName(u.Username) || strings.ToLower(u.Username) != u.Username || strings.ContainsAny(u.Username, " \t/"):
		return models.InvalidField("username", "invalid", "A username has 1 to 200 lower-case characters without spaces.")
	case !validName(u.Name):
		return models.InvalidField("name", "invalid", "A name has 1 to 200 characters.")
	case u.Email != "" && (!validName(u.Email) || strings.Count(u.Email, "@") != 1):
		return models.InvalidField("email", "invalid", "This is not an e-mail address.")
	}
	return nil
}

func validName(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= maxName && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) && strings.TrimSpace(s) == s
}

// identity gathers the changes to people and sessions.
func (t *tx) identity() *postgres.Identity {
	if t.changes.Identity == nil {
		t.changes.Identity = &postgres.Identity{}
	}
	return t.changes.Identity
}

// changeUser changes the row of the person that the command concerns.
func changeUser(field string, change func(t *tx, body models.PersonRef, u *postgres.User) (old, new any)) func(context.Context, *tx) error {
	return func(_ context.Context, t *tx) error {
		body, err := read[models.PersonRef](t.cmd)
		if err != nil {
			return err
		}
		u, ok := t.facts.Users[body.User.String()]
		if !ok {
			return models.Refuse(models.CodeNotFound, "There is no such person.")
		}
		old, new := change(t, body, &u)
		t.note("user."+body.User.String()+"."+field, old, new)
		t.event.reason = body.Reason
		t.identity().Users = []postgres.User{u}
		return nil
	}
}

// own lets a person change only his own row: no policy is asked for it, so no door may name another.
func own(apply func(context.Context, *tx) error) func(context.Context, *tx) error {
	return func(ctx context.Context, t *tx) error {
		if personOf(t.cmd) != t.actor.ID {
			return models.Refuse(models.CodeForbidden, "You may do this for yourself only.")
		}
		return apply(ctx, t)
	}
}

// applyVerifyIdentity records who saw that the person is who he says (11.100(b)). After a reset of credentials, that is the
// second person (11.200(a)(3)): policy has seen to it that it is not the first.
var applyVerifyIdentity = changeUser("identity_verified", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	old := u.IdentityVerifiedAt
	u.IdentityVerifiedAt, u.IdentityVerifiedBy, u.IdentityMethod = &t.now, &t.actor.ID, body.Method
	u.CredentialResetBy = nil
	return old, map[string]any{"at": t.now, "by": t.actor.ID, "method": body.Method}
})

// applyStatement records that the person holds himself accountable for what he signs (11.10(j)).
var applyStatement = own(changeUser("statement", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	old := u.StatementSignedAt
	u.StatementSignedAt = &t.now
	return old, map[string]any{"at": t.now, "statement": body.Method}
}))

// applyUnlock lets a locked person try again. Only an administrator does it (draft Annex 11, 11.7).
var applyUnlock = changeUser("locked", func(_ *tx, _ models.PersonRef, u *postgres.User) (any, any) {
	old := u.LockedAt
	u.LockedAt, u.Failures = nil, 0
	return old, nil
})

// applyServerUnlock is the same by the owner of the machine, who needs no account: where all administrators are locked, no other way
// is left. It stands in the trail beside their unlocks, as the system's act and with where it was done.
func applyServerUnlock(ctx context.Context, t *tx) error {
	if t.cmd.Actor != uuid.Nil {
		return models.Refuse(models.CodeForbidden, "Only the owner of the server does this, on its command line.")
	}
	if err := applyUnlock(ctx, t); err != nil {
		return err
	}
	t.event.action, t.event.reason = "admin.unlock", "At the server's command line: "+t.event.reason
	return nil
}

// Unlock lets a locked person try again, as the owner of the machine does it. The reason stands in the audit trail.
func (c *Commit) Unlock(ctx context.Context, org, user uuid.UUID, reason string) error {
	return c.system(ctx, org, "server.unlock", models.PersonRef{User: user, Reason: reason})
}

// applyDeactivate ends an account. The row stays, and so does its username (11.100(a)). Its sessions end.
var applyDeactivate = changeUser("active", func(t *tx, _ models.PersonRef, u *postgres.User) (any, any) {
	u.Active = false
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, User: &u.ID, At: t.now}}
	return true, false
})
