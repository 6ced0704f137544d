// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// adminChange is what policy sees of an act of administration.
func adminChange(t *tx) *models.AdminChange {
	what, ok := strings.CutPrefix(t.cmd.Name, "admin.")
	if !ok {
		return nil
	}
	if g := t.facts.Named.Group; g != nil {
		return &models.AdminChange{What: what, Members: memberChanges(t, g)}
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
	if u, ok := t.facts.Users[body.User.String()]; ok {
		change.ResetBy = u.CredentialResetBy
	}
	if away, err := read[models.NewAbsence](t.cmd); err == nil && away.Substitute != uuid.Nil {
		change.Substitute = &away.Substitute
	}
	if body.Role != "" {
		change.Adds = append(change.Adds, models.Grant{Role: body.Role, Site: body.Site})
	}
	return change
}

func applyGrant(_ context.Context, t *tx) error {
	body, err := read[models.PersonRef](t.cmd)
	if err != nil {
		return err
	}
	if _, ok := t.facts.Users[body.User.String()]; !ok {
		return models.Refuse(models.CodeNotFound, "There is no such person.")
	}
	if err := t.checkGrant(body.Role, body.Site); err != nil {
		return err
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

// checkGrant says whether there is such a role, and such a site to hold it at.
func (t *tx) checkGrant(role models.Role, site string) error {
	if !slices.Contains(models.Roles, role) {
		return models.InvalidField("role", "unknown", "There is no such role.")
	}
	if site != models.AllSites && t.facts.Site == nil {
		return models.InvalidField("site", "unknown", "There is no such site.")
	}
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
