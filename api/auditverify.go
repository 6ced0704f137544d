// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// verifyTime bounds a verification that a request waits for: at 50,000 events a second, a million of them.
const verifyTime = 25 * time.Second

type verifyLogInput struct {
	Keyed
	Body struct {
		Checkpoint string `json:"checkpoint,omitempty" maxLength:"10000" doc:"A head that was kept outside, as GET /v1/audit/checkpoint gave it. Without one, a rollback of log and database together cannot be seen."`
	}
}

type verifyLogOutput struct{ Body VerifyReport }

// VerifyReport is the outcome of a verification of the organization's whole log.
type VerifyReport struct {
	OK         bool               `json:"ok" doc:"Nothing wrong was found. What was not checked is another matter: see not_checked."`
	At         time.Time          `json:"at"`
	Seconds    float64            `json:"seconds" doc:"How long it took."`
	Size       int64              `json:"size,omitempty" doc:"Of the sealed log that the report rests on."`
	Root       string             `json:"root,omitempty"`
	Findings   []ledger.Finding   `json:"findings"`
	More       int                `json:"more,omitempty" doc:"Findings left out."`
	NotChecked []ledger.Unchecked `json:"not_checked"`
	Counts     ledger.Counts      `json:"counts"`
}

// verifyLog verifies the organization's log on the server, one at a time of each organization: it reads all of it. A log too long for a request is
// verified on the command line, where nobody has to trust the server either.
func (a *API) verifyLog(ctx context.Context, in *verifyLogInput) (*verifyLogOutput, error) {
	if err := a.may(ctx, callerOf(ctx), "audit.verify"); err != nil {
		return nil, err
	}
	if _, running := a.verifying.LoadOrStore(callerOf(ctx).Org, true); running {
		return nil, models.Refuse(models.CodeTooMany, "A verification is running. Try again in a few seconds.")
	}
	defer a.verifying.Delete(callerOf(ctx).Org)
	if in.Body.Checkpoint != "" {
		if _, err := ledger.ReadHead(in.Body.Checkpoint); err != nil {
			return nil, models.InvalidField("checkpoint", "format", "This is no signed head of a log.")
		}
	}
	began := a.Now()
	bounded, cancel := context.WithTimeout(ctx, verifyTime)
	defer cancel()
	report, err := a.DB.VerifyLog(bounded, callerOf(ctx).Org, ledger.Options{Checkpoint: in.Body.Checkpoint, Now: began})
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, models.Refuse(models.CodeMoved, "The log is too long to be verified while a request waits: run countersign verify --database.")
	}
	if err != nil {
		return nil, err
	}
	out := VerifyReport{
		OK: report.OK, At: began.UTC(), Seconds: a.Now().Sub(began).Seconds(), Findings: report.Findings, More: report.More,
		NotChecked: report.NotChecked, Counts: report.Counts,
	}
	if report.Head != nil {
		out.Size, out.Root = report.Head.Size, report.Head.Root.String()
	}
	return &verifyLogOutput{Body: out}, nil
}
