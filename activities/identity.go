// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
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

// adminChange is what policy sees of an act of administration.
func adminChange(t *tx) *models.AdminChange {
	what, ok := strings.CutPrefix(t.cmd.Name, "admin.")
	if !ok {
		return nil
	}
	change := &models.AdminChange{What: what, Holds: []models.Grant{}, Adds: []models.Grant{}}
	body, err := read[models.PersonRef](t.cmd)
	if err != nil || body.User == uuid.Nil {
		return change
	}
	change.Person = &body.User
	if p, ok := t.facts.Person(body.User); ok {
		change.Holds = p.Grants
	}
	if body.Role != "" {
		change.Adds = append(change.Adds, models.Grant{Role: body.Role, Site: body.Site})
	}
	return change
}

func applyUserCreate(_ context.Context, t *tx) error {
	body, err := read[models.NewUser](t.cmd)
	if err != nil {
		return err
	}
	if err := checkUser(body); err != nil {
		return err
	}
	t.identity().NewUsers = []postgres.User{{
		Org: t.cmd.Org, ID: body.ID, Kind: body.Kind, Username: body.Username, Name: body.Name, Email: body.Email, Active: true,
		CreatedAt: t.now, CreatedBy: t.actor.ID,
	}}
	if body.Secrets != nil {
		t.identity().Credentials = []models.Secrets{*body.Secrets}
	}
	t.note("user", nil, map[string]any{"id": body.ID, "kind": body.Kind})
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

// applyVerifyIdentity records who saw that the person is who he says (11.100(b)).
var applyVerifyIdentity = changeUser("identity_verified", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	old := u.IdentityVerifiedAt
	u.IdentityVerifiedAt, u.IdentityVerifiedBy, u.IdentityMethod = &t.now, &t.actor.ID, body.Method
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

// applyDeactivate ends an account. The row stays, and so does its username (11.100(a)). Its sessions end.
var applyDeactivate = changeUser("active", func(t *tx, _ models.PersonRef, u *postgres.User) (any, any) {
	u.Active = false
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, User: &u.ID, At: t.now}}
	return true, false
})

// applyCredentialReset sets a one-time password. Until its owner has changed it and another person has confirmed who he is,
// the account cannot sign: misuse needs two people (11.200(a)(3)).
var applyCredentialReset = changeUser("credential_reset", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	old := u.CredentialResetAt
	u.CredentialResetAt, u.IdentityVerifiedAt, u.IdentityVerifiedBy = &t.now, nil, nil
	if body.Secrets != nil {
		t.identity().Credentials = []models.Secrets{*body.Secrets}
	}
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, User: &u.ID, At: t.now}}
	return old, t.now
})

// applyCredentialSet stores what its owner chose: a new password, or a tested one-time code token.
var applyCredentialSet = own(changeUser("credential", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	u.CredentialResetAt = nil
	if body.Secrets != nil {
		t.identity().Credentials = []models.Secrets{*body.Secrets}
	}
	return nil, "changed"
}))

func applyGrant(_ context.Context, t *tx) error {
	body, err := read[models.PersonRef](t.cmd)
	if err != nil {
		return err
	}
	if _, ok := t.facts.Users[body.User.String()]; !ok {
		return models.Refuse(models.CodeNotFound, "There is no such person.")
	}
	if !slices.Contains(models.Roles, body.Role) {
		return models.InvalidField("role", "unknown", "There is no such role.")
	}
	if body.Site != models.AllSites && t.facts.Site == nil {
		return models.InvalidField("site", "unknown", "There is no such site.")
	}
	for _, g := range t.facts.Grants {
		if *g.User == body.User && g.Role == body.Role && g.Site == body.Site {
			return models.Refuse(models.CodeMoved, "The person holds this role there already.")
		}
	}
	g := postgres.GrantRow{Org: t.cmd.Org, ID: models.NewID(), User: &body.User, Role: body.Role, Site: body.Site, GrantedAt: t.now, GrantedBy: t.actor.ID}
	t.identity().Grants = []postgres.GrantRow{g}
	t.event.reason = body.Reason
	t.note("grant", nil, map[string]any{"id": g.ID, "user": body.User, "role": body.Role, "site": body.Site})
	return nil
}

func applyRevoke(_ context.Context, t *tx) error {
	body, err := read[models.PersonRef](t.cmd)
	if err != nil {
		return err
	}
	g, ok := t.facts.Grants[body.Grant.String()]
	if !ok || *g.User != body.User {
		return models.Refuse(models.CodeNotFound, "The person holds no such grant.")
	}
	g.RevokedAt, g.RevokedBy = &t.now, &t.actor.ID
	t.identity().Grants = []postgres.GrantRow{g}
	t.event.reason = body.Reason
	t.note("grant", map[string]any{"id": g.ID, "user": body.User, "role": g.Role, "site": g.Site}, nil)
	return nil
}

// siteOfGrant lets Commit read the site that a grant names.
func siteOfGrant(cmd models.Command) string {
	body, err := read[models.PersonRef](cmd)
	if err != nil || body.Site == models.AllSites {
		return ""
	}
	return body.Site
}

func applySessionStart(_ context.Context, t *tx) error {
	body, err := read[models.SessionStart](t.cmd)
	if err != nil {
		return err
	}
	if err := t.maySignIn(body.User); err != nil {
		return err
	}
	t.identity().Sessions = []postgres.SessionRow{{
		Org: t.cmd.Org, TokenHash: body.TokenHash, ID: body.ID, User: body.User, Kind: body.Kind, Name: body.Name,
		Address: t.cmd.Source.Address, Device: body.Device, CreatedAt: t.now, SeenAt: t.now, IdleSeconds: body.IdleSeconds, ExpiresAt: body.ExpiresAt,
	}}
	t.identity().Passed = []postgres.UserRef{{Org: t.cmd.Org, ID: body.User}}
	t.note("session", nil, map[string]any{"id": body.ID, "kind": body.Kind, "user": body.User, "expires_at": body.ExpiresAt})
	return nil
}

// maySignIn looks again under the lock: the account may have been locked while its password was checked.
func (t *tx) maySignIn(user uuid.UUID) error {
	p, ok := t.facts.Person(user)
	if !ok || !p.Active || p.Locked {
		return models.Refuse(models.CodeUnauthenticated, "The account is locked or not active.")
	}
	return nil
}

func applySessionEnd(_ context.Context, t *tx) error {
	body, err := read[models.SessionEnd](t.cmd)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(body.ID)
	if err != nil {
		return models.InvalidField("id", "invalid", "This is not a session.")
	}
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, ID: &id, At: t.now}}
	t.note("session", map[string]any{"id": id}, nil)
	return nil
}

func sessionUser(cmd models.Command) []uuid.UUID {
	body, err := read[models.SessionStart](cmd)
	if err != nil || body.User == uuid.Nil {
		return nil
	}
	return []uuid.UUID{body.User}
}

// defaultLockAfter is how many failed attempts in a row lock an account where the organization has not said.
const defaultLockAfter = 5

// countFailure moves the counter of failed attempts when a password or one-time code was wrong (11.300(d)).
func countFailure(t *tx, refusal *models.Error) {
	wrong := slices.ContainsFunc(refusal.Reasons, func(r models.Reason) bool { return models.CountsAsFailure(r.Rule) })
	if !wrong || t.cmd.Actor == uuid.Nil {
		return
	}
	after := t.facts.Org.Settings.LockAfter
	if after <= 0 {
		after = defaultLockAfter
	}
	t.identity().Failed = []postgres.Failure{{Org: t.cmd.Org, ID: t.cmd.Actor, LockAfter: after, At: t.now}}
}

// NewOrganization is a tenant with the people who begin it. It is made from the command line, by the owner of the machine.
type NewOrganization struct {
	Slug      string             `json:"slug"`
	Name      string             `json:"name"`
	Settings  models.OrgSettings `json:"settings"`
	Calendars []models.Calendar  `json:"calendars"`
	Sites     []postgres.SiteRow `json:"sites"`
	Users     []models.NewUser   `json:"users"`
	Grants    []models.PersonRef `json:"grants"`
}

func applyOrganization(_ context.Context, t *tx) error {
	body, err := read[NewOrganization](t.cmd)
	if err != nil {
		return err
	}
	id := t.identity()
	id.NewOrganizations = []postgres.OrganizationRow{{
		Org: t.cmd.Org, Slug: body.Slug, Name: body.Name, Settings: body.Settings, Revision: 1, CreatedAt: t.now,
	}}
	for _, c := range body.Calendars {
		if err := c.Validate(); err != nil {
			return models.InvalidField("calendars", "invalid", err.Error())
		}
		id.Calendars = append(id.Calendars, postgres.CalendarRow{Org: t.cmd.Org, ID: c.ID, Version: 1, Name: c.Name, Spec: c, CreatedAt: t.now})
	}
	for _, s := range body.Sites {
		s.Org, s.CreatedAt = t.cmd.Org, t.now
		id.Sites = append(id.Sites, s)
	}
	for _, u := range body.Users {
		if err := checkUser(u); err != nil {
			return err
		}
		id.NewUsers = append(id.NewUsers, postgres.User{
			Org: t.cmd.Org, ID: u.ID, Kind: u.Kind, Username: u.Username, Name: u.Name, Email: u.Email, Active: true, CreatedAt: t.now,
		})
		if u.Secrets != nil {
			id.Credentials = append(id.Credentials, *u.Secrets)
		}
	}
	for _, g := range body.Grants {
		user := g.User
		id.Grants = append(id.Grants, postgres.GrantRow{
			Org: t.cmd.Org, ID: models.NewID(), User: &user, Role: g.Role, Site: g.Site, GrantedAt: t.now, GrantedBy: uuid.Nil,
		})
	}
	t.note("organization", nil, map[string]any{"slug": body.Slug, "name": body.Name, "settings": body.Settings, "grants": id.Grants})
	return nil
}

// applyKeyCreate makes a signing key known: its public half is a leaf of the log, its private half stays outside Postgres.
func applyKeyCreate(_ context.Context, t *tx) error {
	key, err := read[ledger.Key](t.cmd)
	if err != nil {
		return err
	}
	if err := key.Check(); err != nil {
		return models.InvalidField("public", "invalid", err.Error())
	}
	t.event.action = ledger.ActionKeyCreate
	t.event.changes = append(t.event.changes, key.CreateChange())
	t.identity().SigningKeys = []postgres.SigningKey{{Org: t.cmd.Org, ID: key.ID, Public: models.Bytes(key.Public), CreatedAt: t.now}}
	return nil
}
