// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// Keyed is the header of every POST but a login: the same key with the same request has the same answer, and happens once.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" pattern:"^[!-~]+$" patternDescription:"printable ASCII without spaces" doc:"Names this attempt. Send it again with the same key when no answer came; a new attempt takes a new key."`
}

// Versioned is the header of every decision: the version of the record that the person saw.
type Versioned struct {
	IfMatch string `header:"If-Match" doc:"ETag of the record that you saw. Decisions need it (428)."`
}

// errNoIfMatch is answered where a decision does not say what it was made on.
var errNoIfMatch = models.Refuse(models.CodeNoIfMatch, "A decision names the version that you saw: send the record's ETag as If-Match.")

// version reads the header. A weak tag is as good as a strong one here, a list of tags or a star is not.
func (v Versioned) version() (*int, error) {
	if v.IfMatch == "" {
		return nil, errNoIfMatch
	}
	text := strings.TrimPrefix(strings.TrimSpace(v.IfMatch), "W/")
	inner, quoted := strings.CutPrefix(text, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	n, err := strconv.ParseInt(inner, 10, 32)
	if err != nil || quoted != closed || n < 1 || inner != strconv.FormatInt(n, 10) {
		return nil, models.InvalidField("header.If-Match", "format", `This is the ETag of the record, such as "3".`)
	}
	version := int(n)
	return &version, nil
}

func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// intended is one change that a request asks for.
type intended struct {
	name    string // of the command
	route   string // what the key belongs to; the name unless set
	typ     string
	record  uuid.UUID
	task    uuid.UUID
	key     string
	ifMatch *int
	body    any // without secrets
	told    any // what the fingerprint is of, where the request says more than the body; without secrets
}

// command is the change as Commit takes it.
func (c *caller) command(in intended) models.Command {
	target := in.record
	if in.task != uuid.Nil {
		target = in.task
	}
	if in.route == "" {
		in.route = in.name
	}
	if in.told == nil {
		in.told = in.body
	}
	told := sha256.Sum256(models.MustJSON(map[string]any{"body": in.told, "if_match": in.ifMatch}))
	return models.Command{
		ID: models.CommandID(c.Org, c.Person.ID, in.route, target.String(), in.key), Org: c.Org, Name: in.name, Type: in.typ,
		Record: in.record, Task: in.task, Actor: c.Person.ID, Source: c.Source, IfMatch: in.ifMatch, Fingerprint: told[:], Body: models.MustJSON(in.body),
	}
}

// settled turns a receipt into an answer. An error without one means that it is not known what happened.
func settled(receipt models.Receipt, err error) (*models.Receipt, error) {
	if err != nil {
		return nil, unsettled(err)
	}
	if receipt.Refused != nil {
		return nil, receipt.Refused
	}
	return &receipt, nil
}

// unsettled marks what may have been written by a database or engine that then fell silent. Faults of ours stay what they are.
func unsettled(err error) error {
	if _, ok := models.AsError(err); ok {
		return err
	}
	if postgres.Unavailable(err) || errors.Is(err, context.Canceled) {
		unknown := models.Refuse(models.CodeUnknown, "No answer came in time, so it is not known whether this was recorded. Send it again with the same Idempotency-Key: it will not happen twice.")
		return fmt.Errorf("%w (%w)", unknown, err)
	}
	return err
}

// Receipt is what was recorded.
type Receipt struct {
	Command     uuid.UUID          `json:"command" format:"uuid"`
	At          time.Time          `json:"at" doc:"The instant of the record, UTC."`
	Record      *uuid.UUID         `json:"record,omitempty" format:"uuid"`
	Number      string             `json:"number,omitempty" example:"DEV-2026-0001"`
	State       string             `json:"state,omitempty"`
	Version     int                `json:"version,omitempty" doc:"Of the record, as it stands after this."`
	ContentHash string             `json:"content_hash,omitempty" doc:"SHA-256 of that version's canonical content."`
	Event       *uuid.UUID         `json:"event,omitempty" format:"uuid" doc:"The entry of the audit trail."`
	Seq         int64              `json:"seq,omitempty" doc:"Of that entry within the record."`
	Task        *uuid.UUID         `json:"task,omitempty" format:"uuid"`
	Signature   *uuid.UUID         `json:"signature,omitempty" format:"uuid"`
	Decision    *uuid.UUID         `json:"policy_decision,omitempty" format:"uuid"`
	Revision    int                `json:"policy_revision,omitempty"`
	Rule        string             `json:"rule,omitempty" doc:"The policy rule that allowed it."`
	Steps       []models.StepState `json:"steps,omitempty" doc:"Where the process stands."`
}

func receiptOf(r *models.Receipt) Receipt {
	out := Receipt{
		Command: r.Command, At: r.At, Record: notNil(r.Record), Number: r.Number, State: r.State, Version: r.Version,
		ContentHash: hex.EncodeToString(r.Hash), Event: notNil(r.Event), Seq: r.Seq, Task: r.Task, Signature: r.Signature,
		Decision: notNil(r.Policy), Revision: r.Revision, Rule: r.Rule,
	}
	if r.Case != nil {
		out.Steps = r.Case.Steps
	}
	return out
}

func notNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// recorded answers a command.
type recorded struct {
	ETag string `header:"ETag"`
	Body Receipt
}

// give runs a command that does not change the course of a process.
func (a *API) give(ctx context.Context, cmd models.Command) (*recorded, error) {
	return recordedOf(settled(a.Commit.Commit(ctx, cmd)))
}

// advance runs a command through the process of its record.
func (a *API) advance(ctx context.Context, cmd models.Command) (*recorded, error) {
	return recordedOf(settled(a.Engine.Command(ctx, cmd.Type, cmd)))
}

func recordedOf(receipt *models.Receipt, err error) (*recorded, error) {
	if err != nil {
		return nil, err
	}
	out := &recorded{Body: receiptOf(receipt)}
	if receipt.Version > 0 {
		out.ETag = etag(receipt.Version)
	}
	return out, nil
}

// refused puts an attempt into the trail that was refused before Commit (11.300(d)), and returns the refusal. Its id is a new
// one: a wrong password binds no Idempotency-Key, and each guess counts.
func (a *API) refused(ctx context.Context, cmd models.Command, refusal *models.Error) error {
	cmd.ID, cmd.Refusal, cmd.Signing = models.NewID(), refusal, nil
	if _, err := a.Commit.Commit(ctx, cmd); err != nil {
		return fmt.Errorf("record a refused %s: %w", cmd.Name, err)
	}
	return refusal
}

// under puts the problems of a command's data where the request has them. Commit names a field by its place in the record,
// "report.title", and in the body it stands in "data".
func under(err error, section string) error {
	e, ok := models.AsError(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	moved := *e
	moved.Fields = make([]models.FieldProblem, len(e.Fields))
	for i, f := range e.Fields {
		if rest, ok := strings.CutPrefix(f.Path, section+"."); ok {
			f.Path = "data." + rest
		}
		moved.Fields[i] = f
	}
	return &moved
}
