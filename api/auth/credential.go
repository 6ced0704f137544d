// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/countersign/countersign/models"
)

// PasswordChange is a person's wish for another password.
type PasswordChange struct {
	Person  models.Person
	Secrets models.Secrets
	Current string // the password in use
	New     string
	At      time.Time
}

// ChangePassword checks a change and returns what to store. It commits nothing: the caller does, and ends the person's
// other sessions with it. A wrong current password is CodeUnauthenticated with models.RulePassword, for the caller to
// commit as refused; a new one that is not accepted is CodeInvalid at "new_password".
func (h *Hasher) ChangePassword(ctx context.Context, c PasswordChange) (models.Secrets, error) {
	ok, err := h.isCurrent(ctx, c.Secrets, c.Current)
	if err != nil {
		return c.Secrets, err
	}
	if !ok {
		return c.Secrets, models.Refuse(models.CodeUnauthenticated, "The current password is not right.",
			models.Reason{Rule: models.RulePassword, Text: loginReasons[models.RulePassword]})
	}
	if err := checkAge(c.Secrets, c.At); err != nil {
		return c.Secrets, err
	}
	if err := CheckStrength(c.New, c.Person); err != nil {
		return c.Secrets, err
	}
	if err := h.checkHistory(ctx, c.Secrets, c.New); err != nil {
		return c.Secrets, err
	}
	return h.setPassword(ctx, c.Secrets, c.New, false, c.At)
}

func (h *Hasher) isCurrent(ctx context.Context, s models.Secrets, password string) (bool, error) {
	if s.PasswordHash == "" {
		return false, nil
	}
	ok, _, err := h.Verify(ctx, s.PasswordHash, password)
	return ok, err
}

// FirstPassword returns what to store for a person who has no credentials yet. mustChange is for a password that someone
// else has chosen.
func (h *Hasher) FirstPassword(ctx context.Context, person models.Person, blank models.Secrets, password string, mustChange bool, at time.Time) (models.Secrets, error) {
	if err := CheckStrength(password, person); err != nil {
		return blank, err
	}
	return h.setPassword(ctx, blank, password, mustChange, at)
}

// PasswordReset is what an administrator's reset stores, and the one-time password for the person. CredentialResetAt goes
// on the person: from then on nothing is signed under the name until its owner has re-enrolled and a second person has
// confirmed it, so that misuse takes two people (11.200(a)(3)).
type PasswordReset struct {
	Secrets           models.Secrets
	OneTime           string
	CredentialResetAt time.Time
}

// ResetPassword replaces a password by a random one that its owner has to change at the next login. It leaves the TOTP
// token alone: who resets the password still lacks that.
func (h *Hasher) ResetPassword(ctx context.Context, current models.Secrets, at time.Time) (PasswordReset, error) {
	oneTime := rand.Text()
	next, err := h.setPassword(ctx, current, oneTime, true, at)
	if err != nil {
		return PasswordReset{}, err
	}
	return PasswordReset{Secrets: next, OneTime: oneTime, CredentialResetAt: at}, nil
}

func (h *Hasher) setPassword(ctx context.Context, s models.Secrets, password string, mustChange bool, at time.Time) (models.Secrets, error) {
	hash, err := h.Hash(ctx, password)
	if err != nil {
		return s, err
	}
	used := usedHashes(s)
	s.PasswordOld = used[:min(len(used), passwordHistory)]
	s.PasswordHash, s.PasswordSet, s.MustChange = hash, &at, mustChange
	return s, nil
}
