// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
)

type passwordInput struct {
	Keyed
	Body struct {
		Current string `json:"current_password" minLength:"1" maxLength:"1000"`
		New     string `json:"new_password" minLength:"1" maxLength:"1000"`
	}
}

// changePassword sets the caller's own password. A wrong current one is recorded, and counts as a failed attempt (11.300(d)).
func (a *API) changePassword(ctx context.Context, in *passwordInput) (*recorded, error) {
	c := callerOf(ctx)
	cmd := c.command(intended{name: "credential.set", key: in.Key, body: models.PersonRef{User: c.Person.ID}})
	current, err := a.DB.Credential(ctx, c.Org, c.Person.ID, "", cmd.ID, a.Now())
	if err != nil {
		return nil, err
	}
	if current.Stored != nil {
		return recordedOf(settled(current.Stored.Receipt, nil))
	}
	if current.Person == nil || current.Secrets == nil {
		return nil, models.Refuse(models.CodeForbidden, "This account has no password.",
			models.Reason{Rule: models.RuleServiceAccount, Text: "A service account uses an API key and has no password."})
	}
	next, err := a.Auth.Hasher.ChangePassword(ctx, auth.PasswordChange{
		Person: *current.Person, Secrets: *current.Secrets, Current: in.Body.Current, New: in.Body.New, At: a.Now(),
	})
	if e, ok := models.AsError(err); ok && e.Code == models.CodeUnauthenticated {
		return nil, a.refused(ctx, cmd, e)
	}
	if err != nil {
		return nil, err
	}
	cmd.Body = models.MustJSON(models.PersonRef{User: c.Person.ID, Secrets: &next})
	return a.give(ctx, cmd)
}

type statementInput struct {
	Keyed
	Body struct {
		Statement string `json:"statement" minLength:"1" maxLength:"100" doc:"Id of the text that was read, as GET /v1/me gives it."`
		Password  string `json:"password" minLength:"1" maxLength:"1000"`
	}
}

// signStatement records that the caller holds himself accountable for what he signs (11.10(j)). It takes the password, because
// it is the first thing that he puts his name to.
func (a *API) signStatement(ctx context.Context, in *statementInput) (*recorded, error) {
	c := callerOf(ctx)
	if in.Body.Statement != auth.AccountabilityStatement.ID {
		return nil, models.InvalidField("statement", "unknown", "This is not the statement in force: read it again.")
	}
	cmd := c.command(intended{name: "statement.sign", key: in.Key, body: models.PersonRef{User: c.Person.ID, Method: in.Body.Statement}})
	_, stored, err := a.Auth.CheckComponents(ctx, c.Session, []string{models.ComponentPassword}, auth.Components{Password: in.Body.Password},
		cmd.ID, cmd.Fingerprint)
	if e, ok := models.AsError(err); ok && e.Code == models.CodeSigningRefused {
		return nil, a.refused(ctx, cmd, e)
	}
	if err != nil {
		return nil, err
	}
	if stored != nil {
		return recordedOf(settled(*stored, nil))
	}
	return a.give(ctx, cmd)
}
