// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// namedGroup lets Commit lock the group that a command changes, with everybody in it.
func namedGroup(cmd models.Command) *uuid.UUID {
	body, err := read[models.GroupChange](cmd)
	if err != nil || body.Group == uuid.Nil {
		return nil
	}
	return &body.Group
}

// memberChanges says what the command means for each person concerned: a role that a group is given is given to all in it, and
// who joins is given all that it holds. So nobody comes by a role through a group that he could not be granted (S6).
func memberChanges(t *tx, g *postgres.GroupFacts) []models.MemberChange {
	body, err := read[models.GroupChange](t.cmd)
	if err != nil {
		return nil
	}
	adds := []models.Grant{}
	switch t.cmd.Name {
	case "admin.group_join", "admin.group_leave":
		p, ok := t.facts.Person(body.User)
		if !ok {
			return nil
		}
		if t.cmd.Name == "admin.group_join" {
			for _, held := range g.Grants {
				adds = append(adds, models.Grant{Role: held.Role, Site: held.Site})
			}
		}
		return []models.MemberChange{{Person: p.ID, Kind: p.Kind, Holds: p.Grants, Adds: adds}}
	case "admin.group_grant":
		adds = append(adds, models.Grant{Role: body.Role, Site: body.Site})
	case "admin.group_revoke":
	default: // its name alone gives nobody anything
		return nil
	}
	changes := make([]models.MemberChange, len(g.Members))
	for i, p := range g.Members {
		changes[i] = models.MemberChange{Person: p.ID, Kind: p.Kind, Holds: p.Grants, Adds: adds}
	}
	return changes
}

func applyGroupCreate(_ context.Context, t *tx) error {
	body, err := read[models.GroupChange](t.cmd)
	if err != nil {
		return err
	}
	if err := checkGroupName(body.Name); err != nil {
		return err
	}
	if t.facts.Named.Group != nil {
		return models.Refuse(models.CodeMoved, "This group exists already.")
	}
	t.identity().Groups = []postgres.Group{{Org: t.cmd.Org, ID: body.Group, Name: body.Name, CreatedAt: t.now}}
	t.event.reason = body.Reason
	t.note("group", nil, map[string]any{"id": body.Group, "name": body.Name})
	return nil
}

func checkGroupName(name string) error {
	if !validName(name) {
		return models.InvalidField("name", "invalid", "A name has 1 to 200 characters.")
	}
	return nil
}

// changeGroup changes the group that the command names.
func changeGroup(change func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error) func(context.Context, *tx) error {
	return func(_ context.Context, t *tx) error {
		body, err := read[models.GroupChange](t.cmd)
		if err != nil {
			return err
		}
		if t.facts.Named.Group == nil {
			return models.Refuse(models.CodeNotFound, "There is no such group.")
		}
		t.event.reason = body.Reason
		return change(t, body, t.facts.Named.Group)
	}
}

var applyGroupRename = changeGroup(func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error {
	if err := checkGroupName(body.Name); err != nil {
		return err
	}
	old := g.Group
	renamed := old
	renamed.Name = body.Name
	t.identity().Groups = []postgres.Group{renamed}
	t.note("group."+g.ID.String()+".name", old.Name, renamed.Name)
	return nil
})

var applyGroupJoin = changeGroup(func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error {
	p, ok := t.facts.Person(body.User)
	switch {
	case !ok:
		return models.InvalidField("user", "unknown", "There is no such person.")
	case !p.Active:
		return models.InvalidField("user", "inactive", "The account of this person is deactivated.")
	case g.Has(body.User):
		return models.Refuse(models.CodeMoved, "The person is in this group already.")
	}
	t.identity().Members = []postgres.Member{{Org: t.cmd.Org, Group: g.ID, User: body.User}}
	t.note("group."+g.ID.String()+".member", nil, body.User)
	return nil
})

var applyGroupLeave = changeGroup(func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error {
	if !g.Has(body.User) {
		return models.Refuse(models.CodeNotFound, "The person is not in this group.")
	}
	t.identity().RemovedMembers = []postgres.Member{{Org: t.cmd.Org, Group: g.ID, User: body.User}}
	t.note("group."+g.ID.String()+".member", body.User, nil)
	return nil
})

var applyGroupGrant = changeGroup(func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error {
	if err := t.checkGrant(body.Role, body.Site); err != nil {
		return err
	}
	if slices.ContainsFunc(g.Grants, func(held postgres.GrantRow) bool { return held.Role == body.Role && held.Site == body.Site }) {
		return models.Refuse(models.CodeMoved, "The group holds this role there already.")
	}
	row := postgres.GrantRow{
		Org: t.cmd.Org, ID: models.NewID(), Group: &g.ID, Role: body.Role, Site: body.Site, GrantedAt: t.now, GrantedBy: t.actor.ID,
	}
	t.identity().Grants = []postgres.GrantRow{row}
	t.note("grant", nil, map[string]any{"id": row.ID, "group": g.ID, "role": row.Role, "site": row.Site})
	return nil
})

var applyGroupRevoke = changeGroup(func(t *tx, body models.GroupChange, g *postgres.GroupFacts) error {
	i := slices.IndexFunc(g.Grants, func(held postgres.GrantRow) bool { return held.ID == body.Grant })
	if i < 0 {
		return models.Refuse(models.CodeNotFound, "The group holds no such grant.")
	}
	row := g.Grants[i]
	row.RevokedAt, row.RevokedBy = &t.now, &t.actor.ID
	t.identity().Grants = []postgres.GrantRow{row}
	t.note("grant", map[string]any{"id": row.ID, "group": g.ID, "role": row.Role, "site": row.Site}, nil)
	return nil
})
