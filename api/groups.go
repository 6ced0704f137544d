// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// GroupRef names a group.
type GroupRef struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name"`
}

// GroupItem is a group in a list.
type GroupItem struct {
	GroupRef
	Members   int64     `json:"member_count"`
	CreatedAt time.Time `json:"created_at"`
}

// GroupView is a group with who is in it and what they hold through it.
type GroupView struct {
	GroupRef
	CreatedAt time.Time     `json:"created_at"`
	Members   []GroupMember `json:"members"`
	Grants    []GrantView   `json:"grants" doc:"Those in force first, then the revoked ones."`
}

// GroupMember is an account in a group.
type GroupMember struct {
	ID       uuid.UUID `json:"id" format:"uuid"`
	Kind     string    `json:"kind" enum:"person,service"`
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Active   bool      `json:"active"`
}

type groupsOutput struct {
	Body struct {
		Items []GroupItem `json:"items"`
	}
}

func (a *API) groups(ctx context.Context, _ *struct{}) (*groupsOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "users.read"); err != nil {
		return nil, err
	}
	out := &groupsOutput{}
	out.Body.Items = []GroupItem{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Groups(ctx, c.Org)
		for _, r := range rows {
			out.Body.Items = append(out.Body.Items, GroupItem{GroupRef: GroupRef{ID: r.ID, Name: r.Name}, Members: r.Members, CreatedAt: r.CreatedAt})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return out, nil
}

var errNoGroup = models.Refuse(models.CodeNotFound, "There is no such group.")

func (a *API) findGroup(ctx context.Context, id uuid.UUID) (queries.Group, error) {
	var row queries.Group
	org := callerOf(ctx).Org
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.Group(ctx, queries.GroupParams{Org: org, ID: id})
		return err
	})
	return row, orNotFound(err, errNoGroup, "find the group")
}

type groupOutput struct{ Body GroupView }

func (a *API) group(ctx context.Context, in *ByID) (*groupOutput, error) {
	c := callerOf(ctx)
	group, err := a.findGroup(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.may(ctx, c, "users.read"); err != nil {
		return nil, err
	}
	out := &groupOutput{Body: GroupView{
		GroupRef: GroupRef{ID: group.ID, Name: group.Name}, CreatedAt: group.CreatedAt, Members: []GroupMember{}, Grants: []GrantView{},
	}}
	err = a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		members, err := q.GroupMembers(ctx, queries.GroupMembersParams{Org: c.Org, ID: in.ID})
		if err != nil {
			return err
		}
		for _, m := range members {
			out.Body.Members = append(out.Body.Members, GroupMember(m))
		}
		grants, err := q.GroupGrants(ctx, queries.GroupGrantsParams{Org: c.Org, ID: in.ID})
		for _, g := range grants {
			out.Body.Grants = append(out.Body.Grants, grantView(g.Grant, group.Name, g.GrantedByName, g.RevokedByName))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the group: %w", err)
	}
	return out, nil
}

type newGroupInput struct {
	Keyed
	Body struct {
		Name   string `json:"name" minLength:"1" maxLength:"200"`
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

type made struct {
	Body struct {
		Receipt
		ID uuid.UUID `json:"id" format:"uuid" doc:"Of what was made."`
	}
}

// created answers a command that makes something whose id is known beforehand.
func (a *API) created(ctx context.Context, id uuid.UUID, cmd models.Command) (*made, error) {
	done, err := a.give(ctx, cmd)
	if err != nil {
		return nil, err
	}
	out := &made{}
	out.Body.Receipt, out.Body.ID = done.Body, id
	return out, nil
}

func (a *API) createGroup(ctx context.Context, in *newGroupInput) (*made, error) {
	c := callerOf(ctx)
	id := models.DeriveID("group", c.Org.String(), c.Person.ID.String(), in.Key)
	body := models.GroupChange{Group: id, Name: in.Body.Name, Reason: in.Body.Reason}
	return a.created(ctx, id, c.command(intended{name: "admin.group_create", key: in.Key, body: body}))
}

// regroup gives a command about a group, with the group in the route of its key.
func (a *API) regroup(ctx context.Context, name, key string, body models.GroupChange) (*recorded, error) {
	if _, err := a.findGroup(ctx, body.Group); err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).command(intended{name: name, route: name + "/" + body.Group.String(), key: key, body: body}))
}

type renameInput struct {
	ByID
	Keyed
	Body struct {
		Name   string `json:"name" minLength:"1" maxLength:"200"`
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) renameGroup(ctx context.Context, in *renameInput) (*recorded, error) {
	return a.regroup(ctx, "admin.group_rename", in.Key, models.GroupChange{Group: in.ID, Name: in.Body.Name, Reason: in.Body.Reason})
}

type joinInput struct {
	ByID
	Keyed
	Body struct {
		User   uuid.UUID `json:"user" format:"uuid"`
		Reason string    `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) joinGroup(ctx context.Context, in *joinInput) (*recorded, error) {
	return a.regroup(ctx, "admin.group_join", in.Key, models.GroupChange{Group: in.ID, User: in.Body.User, Reason: in.Body.Reason})
}

type leaveInput struct {
	ByID
	User uuid.UUID `path:"user" format:"uuid"`
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) leaveGroup(ctx context.Context, in *leaveInput) (*recorded, error) {
	return a.regroup(ctx, "admin.group_leave", in.Key, models.GroupChange{Group: in.ID, User: in.User, Reason: in.Body.Reason})
}

func (a *API) grantGroup(ctx context.Context, in *grantInput) (*recorded, error) {
	return a.regroup(ctx, "admin.group_grant", in.Key, models.GroupChange{Group: in.ID, Role: in.Body.Role, Site: in.Body.Site, Reason: in.Body.Reason})
}

func (a *API) revokeGroup(ctx context.Context, in *revokeInput) (*recorded, error) {
	return a.regroup(ctx, "admin.group_revoke", in.Key, models.GroupChange{Group: in.ID, Grant: in.Grant, Reason: in.Body.Reason})
}
