// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// UserItem is an account in a list.
type UserItem struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	Kind       string     `json:"kind" enum:"person,service"`
	Username   string     `json:"username"`
	Name       string     `json:"name"`
	Email      string     `json:"email,omitempty"`
	State      string     `json:"state" enum:"active,locked,deactivated"`
	SignedInAt *time.Time `json:"signed_in_at,omitempty" doc:"The last login."`
	CreatedAt  time.Time  `json:"created_at"`
}

// UserView is an account with what it holds and what keeps it from signing.
type UserView struct {
	UserItem
	CreatedBy *Named        `json:"created_by,omitempty"`
	LockedAt  *time.Time    `json:"locked_at,omitempty"`
	Grants    []GrantView   `json:"grants" doc:"Those in force first, then the revoked ones: the register of access."`
	Groups    []GroupRef    `json:"groups"`
	Signing   MySigning     `json:"signing" doc:"Whether the person could sign now, and what is in the way."`
	Identity  UserIdentity  `json:"identity" doc:"21 CFR 11.100(b)"`
	Statement *time.Time    `json:"statement_signed_at,omitempty" doc:"When the accountability statement was signed (11.10(j))."`
	Reset     *UserReset    `json:"credential_reset,omitempty" doc:"Somebody else reset the credentials: nothing is signed until the owner has enrolled again and a second person has confirmed him (11.200(a)(3))."`
	Password  *time.Time    `json:"password_set_at,omitempty"`
	MustReset bool          `json:"must_change" doc:"The password is one that an administrator gave."`
	TOTP      bool          `json:"totp" doc:"A tested one-time code token is in use."`
	Absences  []AbsenceView `json:"absences" doc:"That are not over."`
}

// UserIdentity says who saw that the person is who he says, when and how.
type UserIdentity struct {
	Verified bool       `json:"verified"`
	At       *time.Time `json:"at,omitempty"`
	By       *Named     `json:"by,omitempty"`
	Method   string     `json:"method,omitempty"`
}

// UserReset says that credentials were reset. Who did it cannot confirm the person.
type UserReset struct {
	At *time.Time `json:"at,omitempty" doc:"Absent once the owner has enrolled again."`
	By *Named     `json:"by,omitempty"`
}

// GrantView is a role at a site, held by a person or by a group.
type GrantView struct {
	ID        uuid.UUID   `json:"id" format:"uuid"`
	Role      models.Role `json:"role"`
	Site      string      `json:"site" doc:"Id of the site; * for all."`
	Group     *GroupRef   `json:"group,omitempty" doc:"Through which it is held."`
	GrantedAt time.Time   `json:"granted_at"`
	GrantedBy *Named      `json:"granted_by,omitempty" doc:"Absent where the organization was founded with it."`
	RevokedAt *time.Time  `json:"revoked_at,omitempty"`
	RevokedBy *Named      `json:"revoked_by,omitempty"`
}

func grantView(g queries.Grant, group, granted, revoked string) GrantView {
	v := GrantView{
		ID: g.ID, Role: models.Role(g.Role), Site: g.Site, GrantedAt: g.GrantedAt, GrantedBy: named(notNil(g.GrantedBy), granted),
		RevokedAt: g.RevokedAt, RevokedBy: named(g.RevokedBy, revoked),
	}
	if g.GroupID != nil {
		v.Group = &GroupRef{ID: *g.GroupID, Name: group}
	}
	return v
}

func userState(active bool, lockedAt *time.Time) string {
	switch {
	case !active:
		return "deactivated"
	case lockedAt != nil:
		return "locked"
	}
	return "active"
}

type usersInput struct {
	Query string `query:"q" maxLength:"100" doc:"Part of a name or username."`
	Role  string `query:"role" maxLength:"100" doc:"Held by himself or through a group."`
	Site  string `query:"site" maxLength:"200" doc:"Where the role is held; what is held everywhere counts."`
	State string `query:"state" enum:"active,locked,deactivated"`
	Kind  string `query:"kind" enum:"person,service"`
	Paged
}

type usersOutput struct {
	Body struct {
		Items []UserItem `json:"items"`
		Next  string     `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
	}
}

// users lists accounts by name.
func (a *API) users(ctx context.Context, in *usersInput) (*usersOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "users.read"); err != nil {
		return nil, err
	}
	page, err := in.page("users", "name", postgres.Sort{})
	if err != nil {
		return nil, err
	}
	p := queries.UsersParams{Org: c.Org, Q: in.Query, State: in.State, Kind: in.Kind, Role: in.Role, Site: in.Site, Max: int32(in.Limit) + 1}
	if page.After != nil {
		p.After = &page.After.ID
	}
	var rows []queries.UsersRow
	err = a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err = q.Users(ctx, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	out := &usersOutput{}
	out.Body.Items = []UserItem{}
	for i, r := range rows {
		if i == in.Limit {
			last := rows[i-1]
			out.Body.Next = cursor{List: "users", Sort: "name", ID: last.ID, At: last.CreatedAt.UTC()}.String()
			break
		}
		out.Body.Items = append(out.Body.Items, UserItem{
			ID: r.ID, Kind: r.Kind, Username: r.Username, Name: r.Name, Email: r.Email, State: userState(r.Active, r.LockedAt), SignedInAt: r.SignedInAt,
			CreatedAt: r.CreatedAt,
		})
	}
	return out, nil
}

var errNoUser = models.Refuse(models.CodeNotFound, "There is no such person.")

// findUser says whose account a request is about.
func (a *API) findUser(ctx context.Context, id uuid.UUID) (queries.UserNameRow, error) {
	var row queries.UserNameRow
	org := callerOf(ctx).Org
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.UserName(ctx, queries.UserNameParams{Org: org, ID: id})
		return err
	})
	return row, orNotFound(err, errNoUser, "find the person")
}

// orNotFound answers for a row that is not there.
func orNotFound(err error, missing *models.Error, doing string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return missing
	}
	return fmt.Errorf("%s: %w", doing, err)
}

type userOutput struct{ Body UserView }

// user reads one account. Everybody reads his own.
func (a *API) user(ctx context.Context, in *ByID) (*userOutput, error) {
	c := callerOf(ctx)
	if _, err := a.findUser(ctx, in.ID); err != nil {
		return nil, err
	}
	if in.ID != c.Person.ID {
		if err := a.may(ctx, c, "users.read"); err != nil {
			return nil, err
		}
	}
	var row queries.UserRow
	var grants []queries.UserGrantsRow
	var groups []queries.UserGroupsRow
	var absences []queries.AbsencesRow
	away := a.absencesFor(ctx, c, &in.ID)
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if row, err = q.User(ctx, queries.UserParams{Org: c.Org, ID: in.ID, At: a.Now()}); err != nil {
			return err
		}
		if grants, err = q.UserGrants(ctx, queries.UserGrantsParams{Org: c.Org, Person: in.ID}); err != nil {
			return err
		}
		if groups, err = q.UserGroups(ctx, queries.UserGroupsParams{Org: c.Org, Person: in.ID}); err != nil {
			return err
		}
		absences, err = q.Absences(ctx, away)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the person: %w", err)
	}
	view, err := a.userView(ctx, row)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		view.Grants = append(view.Grants, grantView(g.Grant, g.GroupName, g.GrantedByName, g.RevokedByName))
	}
	for _, g := range groups {
		view.Groups = append(view.Groups, GroupRef(g))
	}
	view.Absences = absencesOf(absences, away.At)
	return &userOutput{Body: view}, nil
}

func (a *API) userView(ctx context.Context, row queries.UserRow) (UserView, error) {
	u := row.User
	var person models.Person
	if err := json.Unmarshal(row.Facts, &person); err != nil {
		return UserView{}, fmt.Errorf("read the facts of a person: %w", err)
	}
	signing, err := a.signingOf(ctx, person, callerOf(ctx).Settings, row.MustChange, row.TotpConfirmed)
	if err != nil {
		return UserView{}, err
	}
	view := UserView{
		UserItem: UserItem{
			ID: u.ID, Kind: u.Kind, Username: u.Username, Name: u.Name, Email: u.Email, State: userState(u.Active, u.LockedAt), SignedInAt: row.SignedInAt,
			CreatedAt: u.CreatedAt,
		},
		CreatedBy: named(notNil(u.CreatedBy), row.CreatedByName), LockedAt: u.LockedAt, Grants: []GrantView{}, Groups: []GroupRef{}, Signing: signing,
		Identity: UserIdentity{
			Verified: u.IdentityVerifiedAt != nil, At: u.IdentityVerifiedAt, By: named(u.IdentityVerifiedBy, row.VerifiedByName), Method: u.IdentityMethod,
		},
		Statement: u.StatementSignedAt, Password: row.PasswordSet, MustReset: row.MustChange, TOTP: row.TotpConfirmed,
	}
	if u.CredentialResetAt != nil || u.CredentialResetBy != nil {
		view.Reset = &UserReset{At: u.CredentialResetAt, By: named(u.CredentialResetBy, row.ResetByName)}
	}
	return view, nil
}
