// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
)

type totpInput struct {
	Keyed
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1000" doc:"A session that was left open gives nobody a token."`
	}
}

type totpOutput struct {
	Body struct {
		Receipt
		Secret string `json:"secret,omitempty" doc:"Base32, for typing. Shown once: a repeated request has the same answer without it."`
		URL    string `json:"url,omitempty" doc:"otpauth://, for an authenticator app."`
	}
}

// beginTOTP gives the caller a one-time code token. It counts only once it is tested (11.300(e)).
func (a *API) beginTOTP(ctx context.Context, in *totpInput) (*totpOutput, error) {
	c := callerOf(ctx)
	told := models.PersonRef{User: c.Person.ID}
	cmd := c.command(intended{name: "totp.begin", key: in.Key, body: told})
	_, stored, err := a.Auth.CheckComponents(ctx, c.Session, []string{models.ComponentPassword}, auth.Components{Password: in.Body.Password},
		cmd.ID, cmd.Fingerprint)
	if e, ok := models.AsError(err); ok && e.Code == models.CodeSigningRefused {
		return nil, a.refused(ctx, cmd, e)
	}
	out := &totpOutput{}
	if err != nil {
		return nil, err
	}
	if stored != nil {
		receipt, err := settled(*stored, nil)
		if err == nil {
			out.Body.Receipt = receiptOf(receipt)
		}
		return out, err
	}
	credential, err := a.DB.Credential(ctx, c.Org, c.Person.ID, "", cmd.ID, a.Now())
	if err != nil {
		return nil, err
	}
	next, enrolment, err := a.Auth.Box.EnrolTOTP(*credential.Secrets, "Countersign", c.Person.Username)
	if err != nil {
		return nil, err
	}
	issue := models.NewID().String()
	cmd.Body = models.MustJSON(models.PersonRef{User: c.Person.ID, Secrets: &next, Issue: issue})
	receipt, err := settled(a.Commit.Commit(ctx, cmd))
	if err != nil {
		return nil, err
	}
	out.Body.Receipt = receiptOf(receipt)
	if issuedHere(receipt, issue) {
		out.Body.Secret, out.Body.URL = enrolment.Secret, enrolment.URL
	}
	return out, nil
}

type totpConfirmInput struct {
	Keyed
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"20" doc:"A one-time code that the new token shows."`
	}
}

// confirmTOTP tests a token with one of its codes, and takes it into use.
func (a *API) confirmTOTP(ctx context.Context, in *totpConfirmInput) (*recorded, error) {
	c := callerOf(ctx)
	cmd := c.command(intended{name: "totp.confirm", key: in.Key, body: models.PersonRef{User: c.Person.ID}})
	credential, err := a.DB.Credential(ctx, c.Org, c.Person.ID, "", cmd.ID, a.Now())
	if err != nil {
		return nil, err
	}
	if credential.Stored != nil { // the code of a repeated request is spent
		return recordedOf(settled(credential.Stored.Receipt, nil))
	}
	if credential.Secrets == nil {
		return nil, models.Refuse(models.CodeForbidden, "This account has no password, and so no one-time codes.",
			models.Reason{Rule: models.RuleServiceAccount, Text: "A service account uses an API key."})
	}
	tested, err := a.Auth.ConfirmTOTP(ctx, *credential.Secrets, in.Body.Code)
	if err != nil {
		return nil, moved(err, "totp", "code")
	}
	cmd.Body = models.MustJSON(models.PersonRef{User: c.Person.ID, Secrets: &tested})
	return a.give(ctx, cmd)
}

// moved puts the problem of one field where the request has it.
func moved(err error, field, path string) error {
	e, ok := models.AsError(err)
	if !ok || len(e.Fields) != 1 || e.Fields[0].Path != field {
		return err
	}
	return models.InvalidField(path, e.Fields[0].Code, e.Fields[0].Message)
}
