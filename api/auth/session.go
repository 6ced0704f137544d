// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// How long a session lives where the organization has not chosen. A session always ends: a choice moves these and
// switches none of them off (draft Annex 11, 11.8).
const (
	defaultIdle     = 15 * time.Minute
	defaultAbsolute = 12 * time.Hour
	maxAbsolute     = 24 * time.Hour
)

// SessionLimits are the idle and the absolute timeout of an organization's sessions.
func SessionLimits(o models.OrgSettings) (idle, absolute time.Duration) {
	absolute = minutes(o.AbsoluteMinutes, defaultAbsolute)
	return min(minutes(o.IdleMinutes, defaultIdle), absolute), absolute
}

func minutes(n int, unset time.Duration) time.Duration {
	if n <= 0 {
		return unset
	}
	return time.Duration(min(n, int(maxAbsolute/time.Minute))) * time.Minute
}

// start commits a session of a person who has proven himself.
func (s *Service) start(ctx context.Context, org uuid.UUID, c *models.Credential, r LoginRequest, now time.Time) (LoginResult, error) {
	token, hash := NewToken(org)
	idle, absolute := SessionLimits(c.Settings)
	body := models.SessionStart{
		ID: models.NewID(), User: c.Person.ID, TokenHash: hash, Kind: r.Kind, Device: r.Source.Device,
		IdleSeconds: int(idle / time.Second), ExpiresAt: now.Add(absolute),
	}
	command, err := sessionCommand(models.CommandSessionStart, org, c.Person.ID, r.Source, body)
	if err != nil {
		return LoginResult{}, err
	}
	receipt, err := s.Committer.Commit(ctx, command)
	if err != nil {
		return LoginResult{}, fmt.Errorf("begin a session: %w", err)
	}
	// Commit read the person again under lock: locked or deactivated meanwhile.
	if receipt.Refused != nil {
		return LoginResult{}, receipt.Refused
	}
	return LoginResult{
		Token: token, MustChange: c.Secrets.MustChange,
		Session: &models.Session{ID: body.ID.String(), Org: org, Person: *c.Person, Kind: r.Kind, StartedAt: receipt.At, ExpiresAt: body.ExpiresAt},
	}, nil
}

// Logout ends a session, as the person asked. The next request with its token is unauthenticated.
func (s *Service) Logout(ctx context.Context, session *models.Session, source models.Source) error {
	command, err := sessionCommand(models.CommandSessionEnd, session.Org, session.Person.ID, source, models.SessionEnd{ID: session.ID})
	if err != nil {
		return err
	}
	receipt, err := s.Committer.Commit(ctx, command)
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if receipt.Refused != nil {
		return receipt.Refused
	}
	return nil
}

// Authenticate finds the live session of a token or API key, with its person's facts as they are now (11.10(d)).
// CodeUnauthenticated if there is none.
func (s *Service) Authenticate(ctx context.Context, token string) (*models.Session, error) {
	return s.AuthenticateFor(ctx, token, uuid.Nil, false)
}

// AuthenticateFor is Authenticate for a request about a task, which comes with the session. A request in the background was not
// made by a person's doing: it does not keep the session from its idle timeout.
func (s *Service) AuthenticateFor(ctx context.Context, token string, task uuid.UUID, background bool) (*models.Session, error) {
	org, hash, err := ParseToken(token)
	if err != nil {
		return nil, errNoSession()
	}
	session, err := s.Store.Session(ctx, org, hash, s.Now(), task, background)
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	if session == nil || session.Settings.Demo && !s.Demo {
		return nil, errNoSession()
	}
	return session, nil
}

func errNoSession() error {
	return models.Refuse(models.CodeUnauthenticated, "There is no session, or it has ended. Log in again.")
}

// RequireOwnPassword refuses a session whose person still has the password that an administrator gave him: until he has
// chosen his own, it is good for nothing else (draft Annex 11, 11.4). CodeForbidden with models.RuleMustChange. It costs
// one read; signing makes the same check by itself.
func (s *Service) RequireOwnPassword(ctx context.Context, session *models.Session) error {
	if session.Person.Kind != models.KindPerson {
		return nil
	}
	c, err := s.Store.Credential(ctx, session.Org, session.Person.ID, "", uuid.Nil, s.Now())
	if err != nil {
		return fmt.Errorf("check whether the password is the person's own: %w", err)
	}
	if c.Secrets != nil && c.Secrets.MustChange {
		return models.Refuse(models.CodeForbidden, "Change your password first.", mustChange)
	}
	return nil
}

var mustChange = models.Reason{Rule: models.RuleMustChange, Text: "The password was given by an administrator; its owner changes it before anything else."}
