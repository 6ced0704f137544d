// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
)

// Verdict is what a person decides on a task.
type Verdict struct {
	Outcome  string         `json:"outcome" minLength:"1" maxLength:"100" doc:"One of those that the task offers."`
	Comment  string         `json:"comment,omitempty" maxLength:"10000"`
	ReturnTo string         `json:"return_to,omitempty" maxLength:"100" doc:"The step that a return goes to."`
	Data     map[string]any `json:"data,omitempty" doc:"What the task's form asks for."`
}

// Signature proves that the person signs, now.
type Signature struct {
	Intent   uuid.UUID `json:"intent" format:"uuid" doc:"Of the signing sheet that was read."`
	Username string    `json:"username,omitempty" maxLength:"200"`
	Password string    `json:"password,omitempty" maxLength:"1000"`
	TOTP     string    `json:"totp,omitempty" maxLength:"20"`
}

type signingInput struct {
	ByID
	Keyed
	Versioned
	Body Verdict
}

type signingOutput struct {
	Body models.IntentResult
}

// signing stores what the person is about to sign and shows it. It decides nothing.
func (a *API) signing(ctx context.Context, in *signingInput) (*signingOutput, error) {
	c := callerOf(ctx)
	var version *int
	if in.IfMatch != "" {
		var err error
		if version, err = in.version(); err != nil {
			return nil, err
		}
	}
	task, err := a.findTask(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	cmd := c.on(task, intended{name: "task.sign", key: in.Key, ifMatch: version, body: models.Completion(in.Body)})
	receipt, err := settled(a.Commit.Commit(ctx, cmd))
	if err != nil {
		return nil, under(err, task.Step)
	}
	sheet, err := sheetOf(receipt)
	if err != nil {
		return nil, err
	}
	return &signingOutput{Body: sheet}, nil
}

// sheetOf reads the sheet out of a receipt. One that comes back for the same key has been through JSON.
func sheetOf(receipt *models.Receipt) (models.IntentResult, error) {
	var sheet models.IntentResult
	if fresh, ok := receipt.Result.(models.IntentResult); ok {
		return fresh, nil
	}
	if err := json.Unmarshal(models.MustJSON(receipt.Result), &sheet); err != nil {
		return sheet, fmt.Errorf("read the signing sheet of a receipt: %w", err)
	}
	return sheet, nil
}

type completeInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		Verdict
		Signature *Signature `json:"signature,omitempty" doc:"Where the task asks for a signature."`
	}
}

// complete decides a task, with a signature where it asks for one.
func (a *API) complete(ctx context.Context, in *completeInput) (*recorded, error) {
	c := callerOf(ctx)
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	task, err := a.findTask(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	verdict, signature := models.Completion(in.Body.Verdict), in.Body.Signature
	cmd := c.on(task, intended{name: "task.complete", key: in.Key, ifMatch: version, body: verdict, told: toldOf(verdict, signature)})
	if signature != nil {
		stored, err := a.prove(ctx, task, signature, &cmd)
		if err != nil {
			return nil, err
		}
		if stored != nil {
			return recordedOf(settled(*stored, nil))
		}
	}
	out, err := a.advance(ctx, cmd)
	return out, under(err, task.Step)
}

// toldOf is what the fingerprint of a decision is of: everything but the secrets.
func toldOf(verdict models.Completion, signature *Signature) any {
	if signature == nil {
		return verdict
	}
	return map[string]any{"verdict": verdict, "intent": signature.Intent}
}

// prove checks the components of a signature. Which are needed is policy's to say, from the organization's settings and the
// session, never the request's. A failed one is recorded, and refuses the decision (11.200, 11.300(d)). A command that was
// answered before returns its receipt: its one-time code is used up.
func (a *API) prove(ctx context.Context, task *models.TaskRef, given *Signature, cmd *models.Command) (*models.Receipt, error) {
	if task.Meaning == "" {
		return nil, models.InvalidField("signature", "unexpected", "This task asks for no signature.")
	}
	c := callerOf(ctx)
	required, err := a.components(ctx, c, task)
	if err != nil {
		return nil, err
	}
	factors, stored, err := a.Auth.CheckComponents(ctx, c.Session, required,
		auth.Components{Username: given.Username, Password: given.Password, TOTP: given.TOTP}, cmd.ID, cmd.Fingerprint)
	if e, ok := models.AsError(err); ok && e.Code == models.CodeSigningRefused {
		return nil, a.refused(ctx, *cmd, e)
	}
	if err != nil || stored != nil {
		return stored, err
	}
	cmd.Signing = &models.Signing{Intent: given.Intent, Factors: factors}
	return nil, nil
}

// components are what the caller has to give to sign this task now.
func (a *API) components(ctx context.Context, c *caller, task *models.TaskRef) ([]string, error) {
	ask := models.Ask{Action: "task.sign", At: a.Now(), Actor: c.Person, Step: task.Step, Signing: true, Org: c.Settings, Done: []models.Performed{}}
	if c.SignedInSession {
		return a.Policy.LaterComponents(ctx, ask)
	}
	return a.Policy.Components(ctx, ask)
}
