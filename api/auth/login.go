// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

const (
	defaultFailureTime = 250 * time.Millisecond
	maxName            = 256 // bytes of an organization's slug or a username
)

// wrongLogin is the one answer to an unknown organization, an unknown user, a wrong password and a locked account: behind a lock,
// too, nobody learns whether he has guessed right.
const wrongLogin = "The organization, username or password is not right, or the account is locked; an administrator unlocks it."

// LoginRequest is what a person gives to begin a session.
type LoginRequest struct {
	Organization string // slug
	Username     string
	Password     string
	TOTP         string // needed once the person has a tested token
	Source       models.Source
	Kind         string // models.SessionCookie or models.SessionBearer
}

// LoginResult is a begun session. The token is shown to its holder once and stored nowhere.
type LoginResult struct {
	Token      string
	Session    *models.Session
	MustChange bool // the session is good for changing the password only: see RequireOwnPassword
}

// Login checks a person's password and one-time code and begins a session. What goes wrong is CodeUnauthenticated, with
// one text for all that a stranger may not tell apart; a failed attempt of a known person is committed as a refused
// models.CommandSessionStart (11.300(d)), one of an unknown person goes to the security log.
func (s *Service) Login(ctx context.Context, r LoginRequest) (LoginResult, error) {
	if r.Kind != models.SessionCookie && r.Kind != models.SessionBearer {
		return LoginResult{}, models.InvalidField("kind", "enum", "The kind of session is cookie or bearer.")
	}
	started := time.Now()
	result, err := s.login(ctx, r)
	if e, ok := models.AsError(err); ok && e.Code == models.CodeUnauthenticated {
		s.waitOut(ctx, started)
	}
	return result, err
}

func (s *Service) login(ctx context.Context, r LoginRequest) (LoginResult, error) {
	now := s.Now()
	org, c, err := s.find(ctx, r, now)
	if err != nil {
		return LoginResult{}, err
	}
	if c == nil || c.Person == nil || c.Settings.Demo && !s.Demo {
		return LoginResult{}, s.refuseStranger(ctx, r)
	}
	rule, stale, err := s.checkLogin(ctx, c, r)
	if err != nil {
		return LoginResult{}, err
	}
	if rule != "" {
		return LoginResult{}, s.refuseLogin(ctx, org, c.Person, r, rule)
	}
	result, err := s.start(ctx, org, c, r, now)
	if err == nil && stale {
		s.rehash(ctx, org, c, r)
	}
	return result, err
}

// rehash stores the password that was just given under today's parameters, as its owner's command, which leaves no audit event:
// nothing of the person, the password or what he may do has changed. A login does not fail for it; the next one tries again.
func (s *Service) rehash(ctx context.Context, org uuid.UUID, c *models.Credential, r LoginRequest) {
	hash, err := s.Hasher.Hash(ctx, r.Password)
	if err == nil {
		var command models.Command
		body := models.Rehash{User: c.Person.ID, From: c.Secrets.PasswordHash, To: hash}
		if command, err = sessionCommand(models.CommandRehash, org, c.Person.ID, r.Source, body); err == nil {
			_, err = s.Committer.Commit(ctx, command)
		}
	}
	if err != nil {
		s.Log.NotRehashed(ctx, err)
	}
}

// find reads the person who is named. A nil Credential means that there is no such organization, or can be none.
func (s *Service) find(ctx context.Context, r LoginRequest, now time.Time) (uuid.UUID, *models.Credential, error) {
	if !storable(r.Organization) || !storable(r.Username) {
		return uuid.Nil, nil, nil
	}
	org, err := s.Store.Organization(ctx, r.Organization)
	if errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, nil, nil
	}
	if err != nil {
		return uuid.Nil, nil, fmt.Errorf("find the organization: %w", err)
	}
	c, err := s.Store.Credential(ctx, org, uuid.Nil, r.Username, uuid.Nil, now)
	return org, c, err
}

// storable says whether a name can stand in the database at all: Postgres holds neither NUL nor broken UTF-8.
func storable(name string) bool {
	return name != "" && len(name) <= maxName && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}

// checkLogin returns the rule that refuses the login, or "", and whether the stored hash was made with other parameters than
// today's. The password comes first, so that nothing of a person's standing is told to one who does not know it.
func (s *Service) checkLogin(ctx context.Context, c *models.Credential, r LoginRequest) (rule string, stale bool, err error) {
	if c.Secrets == nil || c.Secrets.PasswordHash == "" {
		return models.RulePassword, false, s.Hasher.VerifyNobody(ctx, r.Password)
	}
	ok, stale, err := s.Hasher.Verify(ctx, c.Secrets.PasswordHash, r.Password)
	switch {
	case err != nil:
		return "", false, err
	case !ok:
		return models.RulePassword, false, nil
	case c.Person.Kind != models.KindPerson:
		return models.RuleServiceAccount, false, nil
	case !c.Person.Active:
		return models.RuleInactive, false, nil
	case c.Person.Locked:
		return models.RuleLocked, false, nil
	case !c.Secrets.TOTPConfirmed:
		return "", stale, nil
	case r.TOTP == "":
		return models.RuleTOTPMissing, false, nil
	}
	if _, ok, err = s.spendTOTP(ctx, *c.Secrets, r.TOTP); err != nil {
		return "", false, fmt.Errorf("check the one-time code: %w", err)
	}
	if !ok {
		return models.RuleTOTP, false, nil
	}
	return "", stale, nil
}

// refuseStranger answers for an organization or person that does not exist, after the work that one who exists costs.
func (s *Service) refuseStranger(ctx context.Context, r LoginRequest) error {
	if err := s.Hasher.VerifyNobody(ctx, r.Password); err != nil {
		return err
	}
	s.Log.Stranger(ctx, r)
	return models.Refuse(models.CodeUnauthenticated, wrongLogin)
}

// refuseLogin commits the refusal, which moves the failure counter, and returns what the person may know of it. Of a locked account
// one a minute is committed: whoever goes on guessing has nothing to find, and does not fill the trail.
func (s *Service) refuseLogin(ctx context.Context, org uuid.UUID, p *models.Person, r LoginRequest, rule string) error {
	text := loginReasons[rule]
	if p.Locked {
		record, omitted := s.locked.attempt(p.ID, s.Now())
		if !record {
			s.Log.Locked(ctx, org, p.ID, r)
			return models.Refuse(models.CodeUnauthenticated, wrongLogin)
		}
		if omitted > 0 {
			text = fmt.Sprintf("%s There were %d more attempts since the last that was recorded.", text, omitted)
		}
	}
	refusal := models.Refuse(models.CodeUnauthenticated, "The login was refused.", models.Reason{Rule: rule, Text: text})
	command, err := sessionCommand(models.CommandSessionStart, org, p.ID, r.Source, struct {
		Kind string `json:"kind"`
	}{r.Kind})
	if err != nil {
		return err
	}
	command.Refusal = refusal
	if _, err := s.Committer.Commit(ctx, command); err != nil {
		return fmt.Errorf("record a refused login: %w", err)
	}
	switch rule {
	case models.RuleTOTP, models.RuleTOTPMissing:
		return models.Refuse(models.CodeUnauthenticated, loginReasons[rule], refusal.Reasons...)
	default:
		return models.Refuse(models.CodeUnauthenticated, wrongLogin)
	}
}

var loginReasons = map[string]string{
	models.RulePassword:       "The password is not right.",
	models.RuleServiceAccount: "A service account uses an API key and has no login.",
	models.RuleInactive:       "The account is not active.",
	models.RuleLocked:         "The account is locked; an administrator unlocks it.",
	models.RuleTOTPMissing:    "A one-time code is needed.",
	models.RuleTOTP:           "The one-time code is not right, or was used before.",
}

// waitOut lets a refused login take FailureTime in all.
func (s *Service) waitOut(ctx context.Context, started time.Time) {
	least := s.FailureTime
	if least == 0 {
		least = defaultFailureTime
	}
	select {
	case <-ctx.Done():
	case <-time.After(least - time.Since(started)):
	}
}

func sessionCommand(name string, org, actor uuid.UUID, source models.Source, body any) (models.Command, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return models.Command{}, fmt.Errorf("encode %s: %w", name, err)
	}
	sum := sha256.Sum256(raw)
	return models.Command{ID: models.NewID(), Org: org, Name: name, Actor: actor, Source: source, Fingerprint: sum[:], Body: raw}, nil
}
