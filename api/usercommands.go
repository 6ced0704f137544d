// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// Issued is what was recorded, with a secret that is shown this once. A repeated request has the same answer without it.
type Issued struct {
	Receipt
	ID      uuid.UUID `json:"id" format:"uuid" doc:"Of what was made."`
	OneTime string    `json:"one_time_password,omitempty" doc:"Its owner changes it at the first login, and it is good for nothing else."`
	Key     string    `json:"key,omitempty" doc:"The API key."`
}

type issued struct{ Body Issued }

// issuedHere says whether the secret that was made for this attempt is the one that counts. An answer to an earlier attempt
// with the same key names another.
func issuedHere(r *models.Receipt, issue string) bool {
	name, ok := r.Result.(string)
	return ok && name == issue
}

type newUserInput struct {
	Keyed
	Body struct {
		Kind     models.ActorKind `json:"kind" enum:"person,service" doc:"A service account has API keys instead of a password: it files and signals, and signs nothing."`
		Username string           `json:"username" minLength:"1" maxLength:"200" doc:"Lower case, and never given again."`
		Name     string           `json:"name" minLength:"1" maxLength:"200" doc:"As it is printed beside signatures."`
		Email    string           `json:"email,omitempty" maxLength:"200"`
		Reason   string           `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// createUser makes an account. A person gets a one-time password, which the administrator hands over.
func (a *API) createUser(ctx context.Context, in *newUserInput) (*issued, error) {
	c := callerOf(ctx)
	user := models.NewUser{
		ID:   models.DeriveID("user", c.Org.String(), c.Person.ID.String(), in.Key),
		Kind: in.Body.Kind, Username: in.Body.Username, Name: in.Body.Name, Email: in.Body.Email, Reason: in.Body.Reason,
	}
	told := user
	var oneTime string
	if user.Kind == models.KindPerson {
		blank := models.Secrets{Org: c.Org, User: user.ID, PasswordOld: []string{}}
		first, err := a.Auth.Hasher.ResetPassword(ctx, blank, a.Now())
		if err != nil {
			return nil, err
		}
		oneTime, user.Secrets, user.Issue = first.OneTime, &first.Secrets, models.NewID().String()
	}
	receipt, err := settled(a.Commit.Commit(ctx, c.command(intended{name: "admin.user_create", key: in.Key, body: user, told: told})))
	if err != nil {
		return nil, err
	}
	out := &issued{Body: Issued{Receipt: receiptOf(receipt), ID: user.ID}}
	if issuedHere(receipt, user.Issue) {
		out.Body.OneTime = oneTime
	}
	return out, nil
}

type userInput struct {
	ByID
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// aboutUser gives a command about a person that needs nothing but a reason.
func (a *API) aboutUser(name string) func(context.Context, *userInput) (*recorded, error) {
	return func(ctx context.Context, in *userInput) (*recorded, error) {
		return a.administer(ctx, name, in.Key, models.PersonRef{User: in.ID, Reason: in.Body.Reason})
	}
}

// administer gives a command about a person. The route of its key has the person in it: the same key for another is another command.
func (a *API) administer(ctx context.Context, name, key string, body models.PersonRef) (*recorded, error) {
	if _, err := a.findUser(ctx, body.User); err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).command(intended{name: name, route: name + "/" + body.User.String(), key: key, body: body}))
}

type verifyInput struct {
	ByID
	Keyed
	Body struct {
		Method string `json:"method" minLength:"1" maxLength:"200" example:"passport seen" doc:"How the identity was verified."`
		Reason string `json:"reason,omitempty" maxLength:"10000"`
	}
}

// verifyIdentity records who saw that a person is who he says (11.100(b)).
func (a *API) verifyIdentity(ctx context.Context, in *verifyInput) (*recorded, error) {
	return a.administer(ctx, "admin.identity_verify", in.Key, models.PersonRef{User: in.ID, Method: in.Body.Method, Reason: in.Body.Reason})
}

// resetPassword gives a person a one-time password, and ends his sessions. Until he has chosen his own, and somebody else than
// the one who reset it has confirmed him, he signs nothing (11.200(a)(3)).
func (a *API) resetPassword(ctx context.Context, in *userInput) (*issued, error) {
	c := callerOf(ctx)
	user, err := a.findUser(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if user.Kind != string(models.KindPerson) {
		return nil, models.Refuse(models.CodeMoved, "A service account has no password: make it another API key.")
	}
	told := models.PersonRef{User: in.ID, Reason: in.Body.Reason}
	credential, err := a.DB.Credential(ctx, c.Org, in.ID, "", uuid.Nil, a.Now())
	if err != nil {
		return nil, err
	}
	current := models.Secrets{Org: c.Org, User: in.ID, PasswordOld: []string{}}
	if credential.Secrets != nil {
		current = *credential.Secrets
	}
	reset, err := a.Auth.Hasher.ResetPassword(ctx, current, a.Now())
	if err != nil {
		return nil, err
	}
	body := told
	body.Secrets, body.Issue = &reset.Secrets, models.NewID().String()
	name := "admin.credential_reset"
	receipt, err := settled(a.Commit.Commit(ctx, c.command(intended{name: name, route: name + "/" + in.ID.String(), key: in.Key, body: body, told: told})))
	if err != nil {
		return nil, err
	}
	out := &issued{Body: Issued{Receipt: receiptOf(receipt), ID: in.ID}}
	if issuedHere(receipt, body.Issue) {
		out.Body.OneTime = reset.OneTime
	}
	return out, nil
}

// NewGrant is a role to be given.
type NewGrant struct {
	Role   models.Role `json:"role" enum:"reporter,area_owner,area_head,investigator,expert,qa_approver,quality_head,manager,inspector,admin,integration"`
	Site   string      `json:"site" minLength:"1" maxLength:"200" doc:"Id of the site; * for all."`
	Reason string      `json:"reason" minLength:"1" maxLength:"10000"`
}

type grantInput struct {
	ByID
	Keyed
	Body NewGrant
}

func (a *API) grantUser(ctx context.Context, in *grantInput) (*recorded, error) {
	return a.administer(ctx, "admin.grant", in.Key, models.PersonRef{User: in.ID, Role: in.Body.Role, Site: in.Body.Site, Reason: in.Body.Reason})
}

type revokeInput struct {
	ByID
	Grant uuid.UUID `path:"grant" format:"uuid"`
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) revokeUser(ctx context.Context, in *revokeInput) (*recorded, error) {
	return a.administer(ctx, "admin.revoke", in.Key, models.PersonRef{User: in.ID, Grant: in.Grant, Reason: in.Body.Reason})
}
