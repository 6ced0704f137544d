// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

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
