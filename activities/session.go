// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

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

// applyKeyIssue makes an API key of a service account: it files and signals, and never signs (11.10(h)).
func applyKeyIssue(ctx context.Context, t *tx) error {
	body, err := read[models.SessionStart](t.cmd)
	if err != nil {
		return err
	}
	account, ok := t.facts.Person(body.User)
	switch {
	case !ok:
		return models.InvalidField("account", "unknown", "There is no such account.")
	case account.Kind != models.KindService || body.Kind != models.SessionAPIKey:
		return models.InvalidField("account", "not_a_service_account", "Only a service account has API keys.")
	}
	t.receipt.Result = issued(body.ID.String())
	return applySessionStart(ctx, t)
}

// applySessionEnd ends a session or API key of the person whom the command names, or of the actor where it names nobody.
// The next request with its token is unauthenticated.
func applySessionEnd(_ context.Context, t *tx) error {
	body, err := read[models.SessionEnd](t.cmd)
	if err != nil {
		return err
	}
	if body.User == uuid.Nil {
		body.User = t.actor.ID
	}
	s := t.facts.Named.Session
	if s == nil || s.User != body.User {
		return models.Refuse(models.CodeNotFound, "There is no such session.")
	}
	if s.EndedAt != nil {
		return models.Refuse(models.CodeMoved, "It has ended already.")
	}
	t.identity().Ended = []postgres.EndedSession{{Org: t.cmd.Org, ID: &s.ID, At: t.now}}
	t.event.reason = body.Reason
	t.note("session", map[string]any{"id": s.ID, "kind": s.Kind, "user": s.User}, nil)
	return nil
}

// namedSession lets Commit read the session that a command ends.
func namedSession(cmd models.Command) *uuid.UUID {
	body, err := read[models.SessionEnd](cmd)
	if err != nil {
		return nil
	}
	id, err := uuid.Parse(body.ID)
	if err != nil {
		return nil
	}
	return &id
}

func sessionUser(cmd models.Command) []uuid.UUID {
	body, err := read[models.SessionStart](cmd)
	if err != nil || body.User == uuid.Nil {
		return nil
	}
	return []uuid.UUID{body.User}
}
