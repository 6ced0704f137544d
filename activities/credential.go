// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// applyCredentialReset sets a one-time password. Until its owner has changed it and another person than the one who reset it
// has confirmed who he is, the account cannot sign: misuse needs two people (11.200(a)(3)).
var applyCredentialReset = changeUser("credential_reset", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	if body.Secrets != nil {
		t.identity().Credentials = []models.Secrets{withPassword(t.secrets(u.ID), *body.Secrets)}
	}
	t.receipt.Result = issued(body.Issue)
	return t.distrust(u), t.now
})

// applyTokenReset takes a lost one-time code token back. Its replacement needs an identity check again (11.300(c)).
var applyTokenReset = changeUser("totp", func(t *tx, _ models.PersonRef, u *postgres.User) (any, any) {
	secrets := t.secrets(u.ID)
	was := tokenState(secrets)
	secrets.TOTPSecret, secrets.TOTPConfirmed = nil, false
	t.identity().Credentials = []models.Secrets{secrets}
	t.distrust(u)
	return was, tokenState(secrets)
})

// distrust marks that somebody else had a hand in a person's credentials, and ends what was begun with the old ones. It
// returns when that was the case before.
func (t *tx) distrust(u *postgres.User) any {
	old := u.CredentialResetAt
	u.CredentialResetAt = &t.now
	// Whoever takes a token back learns no secret: the one who gave the password stays the one who may not confirm the person.
	if t.cmd.Name == "admin.credential_reset" || u.CredentialResetBy == nil {
		u.CredentialResetBy = &t.actor.ID
	}
	u.IdentityVerifiedAt, u.IdentityVerifiedBy = nil, nil
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, User: &u.ID, At: t.now}}
	return old
}

// applyCredentialSet stores what its owner chose. His other sessions end: whoever held one may have known the old password.
var applyCredentialSet = own(onPresentPassword(changeUser("credential", func(t *tx, body models.PersonRef, u *postgres.User) (any, any) {
	u.CredentialResetAt = nil
	if body.Secrets != nil {
		t.identity().Credentials = []models.Secrets{withPassword(t.secrets(u.ID), *body.Secrets)}
	}
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, User: &u.ID, Keep: t.cmd.Source.Session, At: t.now}}
	return nil, "changed"
})))

// onPresentPassword refuses a change that was made from a password which is not the present one any more: an administrator has
// reset it meanwhile, and what was chosen before does not undo that.
func onPresentPassword(next func(context.Context, *tx) error) func(context.Context, *tx) error {
	return func(ctx context.Context, t *tx) error {
		body, err := read[models.PersonRef](t.cmd)
		if err != nil {
			return err
		}
		present := t.secrets(body.User).PasswordHash
		if s := body.Secrets; s != nil && present != "" && s.PasswordHash != present && !slices.Contains(s.PasswordOld, present) {
			return models.Refuse(models.CodeMoved, "The password was changed or reset meanwhile. Nothing was changed; log in with the new one.")
		}
		return next(ctx, t)
	}
}

// applyTokenBegin stores a one-time code token that its owner has yet to test. One in use is not replaced.
func applyTokenBegin(_ context.Context, t *tx) error {
	body, err := read[models.PersonRef](t.cmd)
	if err != nil {
		return err
	}
	secrets, ok := t.facts.Secrets[body.User.String()]
	switch {
	case !ok || body.Secrets == nil:
		return models.Refuse(models.CodeForbidden, "This account has no password, and so no one-time codes.")
	case secrets.TOTPConfirmed:
		return models.Refuse(models.CodeMoved, "A one-time code token is in use already; an administrator takes it back first.")
	}
	was := tokenState(secrets)
	secrets.TOTPSecret = body.Secrets.TOTPSecret
	t.identity().Credentials = []models.Secrets{secrets}
	t.receipt.Result = issued(body.Issue)
	t.note("user."+body.User.String()+".totp", was, tokenState(secrets))
	if was == tokenState(secrets) {
		t.note("user."+body.User.String()+".totp", was, "replaced before its test")
	}
	return nil
}

// applyTokenConfirm takes a token into use that its owner has tested (11.300(e)).
var applyTokenConfirm = own(func(_ context.Context, t *tx) error {
	body, err := read[models.PersonRef](t.cmd)
	if err != nil {
		return err
	}
	secrets := t.secrets(body.User)
	u, ok := t.facts.Users[body.User.String()]
	if !ok || body.Secrets == nil || secrets.TOTPConfirmed || len(secrets.TOTPSecret) == 0 || !bytes.Equal(secrets.TOTPSecret, body.Secrets.TOTPSecret) {
		return models.Refuse(models.CodeMoved, "The one-time code token that was tested does not wait for its test any more.")
	}
	was := tokenState(secrets)
	secrets.TOTPConfirmed = true
	t.identity().Credentials = []models.Secrets{secrets}
	if !secrets.MustChange { // the password is his own: he has enrolled again
		u.CredentialResetAt = nil
		t.identity().Users = []postgres.User{u}
	}
	t.note("user."+body.User.String()+".totp", was, tokenState(secrets))
	return nil
})

// applyRehash stores the password that its owner has just given under today's parameters. It leaves a receipt and no audit
// event: the password, the person and what he may do are what they were, and an entry at every change of parameters would
// bury those that mean something. If the password was changed meanwhile, it is left alone.
var applyRehash = own(func(_ context.Context, t *tx) error {
	body, err := read[models.Rehash](t.cmd)
	if err != nil {
		return err
	}
	t.silent = true
	if secrets := t.secrets(body.User); secrets.PasswordHash != "" && secrets.PasswordHash == body.From {
		secrets.PasswordHash = body.To
		t.identity().Credentials = []models.Secrets{secrets}
	}
	return nil
})

// secrets are a person's as locked.
func (t *tx) secrets(user uuid.UUID) models.Secrets {
	if s, ok := t.facts.Secrets[user.String()]; ok {
		return s
	}
	return models.Secrets{Org: t.cmd.Org, User: user, PasswordOld: []string{}}
}

// withPassword takes over another password and leaves the token, which may have moved since the other was read.
func withPassword(locked, next models.Secrets) models.Secrets {
	locked.PasswordHash, locked.PasswordSet, locked.PasswordOld, locked.MustChange = next.PasswordHash, next.PasswordSet, next.PasswordOld, next.MustChange
	return locked
}

func tokenState(s models.Secrets) any {
	switch {
	case s.TOTPConfirmed:
		return "in use"
	case len(s.TOTPSecret) > 0:
		return "untested"
	}
	return nil
}

// issued is the result that names a secret which is shown once; nil for none.
func issued(issue string) any {
	if issue == "" {
		return nil
	}
	return issue
}

// defaultLockAfter is how many failed attempts in a row lock an account where the organization has not said.
const defaultLockAfter = 5

// countFailure moves the counter of failed attempts when a password or one-time code was wrong (11.300(d)). A service account has
// no password to guess: wrong logins under its name do not stop its API keys.
func countFailure(t *tx, refusal *models.Error) {
	wrong := slices.ContainsFunc(refusal.Reasons, func(r models.Reason) bool { return models.CountsAsFailure(r.Rule) })
	if !wrong || t.cmd.Actor == uuid.Nil || t.actor.Kind == models.KindService {
		return
	}
	after := t.facts.Org.Settings.LockAfter
	if after <= 0 {
		after = defaultLockAfter
	}
	t.identity().Failed = []postgres.Failure{{Org: t.cmd.Org, ID: t.cmd.Actor, LockAfter: after, At: t.now}}
}
