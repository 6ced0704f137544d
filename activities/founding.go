// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// KeyMaker makes an organization's first signing key. The private half stays with it.
type KeyMaker interface {
	Generate(org uuid.UUID, at time.Time) (ledger.SigningKey, error)
}

// Staff is one person or service account to be taken on, with the roles he is given.
type Staff struct {
	Username string
	Name     string
	Kind     models.ActorKind
	Grants   []models.Grant
	Secrets  func(user uuid.UUID) (*models.Secrets, error) // nil for service accounts
}

// Found makes an organization with its signing key, calendars, sites and first administrators, as the owner of the machine.
// It needs two administrators, because nobody grants to or vouches for himself.
func (c *Commit) Found(ctx context.Context, org uuid.UUID, what NewOrganization, keys KeyMaker) error {
	if err := c.system(ctx, org, "organization.create", what); err != nil {
		return err
	}
	key, err := keys.Generate(org, c.Now())
	if err != nil {
		return fmt.Errorf("make the organization's signing key: %w", err)
	}
	return c.system(ctx, org, "key.create", key.Key)
}

func (c *Commit) system(ctx context.Context, org uuid.UUID, name string, body any) error {
	return c.give(ctx, models.Command{Org: org, Name: name}, body)
}

// Hire takes on a person as two administrators do it: one makes the account and gives the roles, the other sees who it is; and
// the person signs the accountability statement. It returns the new id.
func (c *Commit) Hire(ctx context.Context, org, admin, witness uuid.UUID, who Staff) (uuid.UUID, error) {
	id := models.DeriveID("user", org.String(), who.Username)
	user := models.NewUser{ID: id, Kind: who.Kind, Username: who.Username, Name: who.Name}
	if who.Secrets != nil {
		secrets, err := who.Secrets(id)
		if err != nil {
			return id, fmt.Errorf("make the credentials of %s: %w", who.Username, err)
		}
		user.Secrets = secrets
	}
	if err := c.give(ctx, models.Command{Org: org, Actor: admin, Name: "admin.user_create"}, user); err != nil {
		return id, err
	}
	for _, g := range who.Grants {
		ref := models.PersonRef{User: id, Role: g.Role, Site: g.Site, Reason: "taken on"}
		if err := c.give(ctx, models.Command{Org: org, Actor: admin, Name: "admin.grant"}, ref); err != nil {
			return id, err
		}
	}
	if who.Kind != models.KindPerson {
		return id, nil
	}
	ref := models.PersonRef{User: id, Method: "identity card seen"}
	if err := c.give(ctx, models.Command{Org: org, Actor: witness, Name: "admin.identity_verify"}, ref); err != nil {
		return id, err
	}
	return id, c.give(ctx, models.Command{Org: org, Actor: id, Name: "statement.sign"}, models.PersonRef{User: id, Method: "accountability-1"})
}

// give runs a command that must be accepted.
func (c *Commit) give(ctx context.Context, cmd models.Command, body any) error {
	cmd.ID, cmd.Source, cmd.Body = models.NewID(), models.Source{Kind: ledger.SourceSystem}, models.MustJSON(body)
	hash := ledger.ContentHash(cmd.Body)
	cmd.Fingerprint = hash[:]
	receipt, err := c.Commit(ctx, cmd)
	if err != nil {
		return err
	}
	if receipt.Refused != nil {
		return fmt.Errorf("%s: %w", cmd.Name, receipt.Refused)
	}
	return nil
}
