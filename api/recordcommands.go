// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// findRecord finds the record that a command is about, and its type.
func (a *API) findRecord(ctx context.Context, id uuid.UUID) (string, error) {
	ref, err := a.DB.RecordRef(ctx, callerOf(ctx).Org, id)
	if err != nil {
		return "", err
	}
	if ref == nil {
		return "", errNoRecord
	}
	return ref.Type, nil
}

// change gives a command that changes the course of a record's process.
func (a *API) change(ctx context.Context, name string, record uuid.UUID, key Keyed, seen Versioned, body any) (*recorded, error) {
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	typ, err := a.findRecord(ctx, record)
	if err != nil {
		return nil, err
	}
	return a.advance(ctx, callerOf(ctx).command(intended{name: name, typ: typ, record: record, key: key.Key, ifMatch: version, body: body}))
}

type correctInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		Changes []FieldCorrection `json:"changes" minItems:"1" maxItems:"100"`
	}
}

// FieldCorrection is one value that was wrong. The old one stays readable, and signatures on it are marked.
type FieldCorrection struct {
	Field  string `json:"field" minLength:"1" maxLength:"500" example:"report.batches[0].lot" doc:"Path in the record's data."`
	To     any    `json:"to,omitempty" doc:"The right value; null or absent takes the value out."`
	Reason string `json:"reason" minLength:"1" maxLength:"10000"`
}

func (a *API) correct(ctx context.Context, in *correctInput) (*recorded, error) {
	body := models.Correction{Changes: make([]models.FieldChange, len(in.Body.Changes))}
	for i, c := range in.Body.Changes {
		body.Changes[i] = models.FieldChange{Field: c.Field, To: models.MustJSON(c.To), Reason: c.Reason}
	}
	return a.change(ctx, "record.correct", in.ID, in.Keyed, in.Versioned, body)
}

type reclassifyInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		Class  string `json:"class" minLength:"1" maxLength:"100"`
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) reclassify(ctx context.Context, in *reclassifyInput) (*recorded, error) {
	return a.change(ctx, "record.reclassify", in.ID, in.Keyed, in.Versioned, models.Reclassification(in.Body))
}

type extendInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		DueAt  time.Time `json:"due_at" doc:"The due date asked for."`
		Reason string    `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) extend(ctx context.Context, in *extendInput) (*recorded, error) {
	return a.change(ctx, "record.extend", in.ID, in.Keyed, in.Versioned, models.Extension(in.Body))
}

type whyInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// why is a command that needs a reason and nothing else.
func (a *API) why(name string) func(context.Context, *whyInput) (*recorded, error) {
	return func(ctx context.Context, in *whyInput) (*recorded, error) {
		return a.change(ctx, name, in.ID, in.Keyed, in.Versioned, models.Why(in.Body))
	}
}

type resumeInput struct {
	ByID
	Keyed
	Versioned
}

func (a *API) resume(ctx context.Context, in *resumeInput) (*recorded, error) {
	return a.change(ctx, "record.resume", in.ID, in.Keyed, in.Versioned, empty{})
}

type linkInput struct {
	ByID
	Keyed
	Body struct {
		To   uuid.UUID `json:"to" format:"uuid" doc:"Id of the other record."`
		Kind string    `json:"kind" minLength:"1" maxLength:"50" example:"causes"`
	}
}

// link ties two records that the caller may both see.
func (a *API) link(ctx context.Context, in *linkInput) (*recorded, error) {
	typ, err := a.findRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := a.readRecord(ctx, in.Body.To); err != nil {
		if e, ok := models.AsError(err); ok && e.Code == models.CodeNotFound {
			return nil, models.InvalidField("to", "unknown", errNoRecord.Message)
		}
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).command(intended{name: "record.link", typ: typ, record: in.ID, key: in.Key, body: models.NewLink(in.Body)}))
}

func (a *API) commentRecord(ctx context.Context, in *commentInput) (*recorded, error) {
	typ, err := a.findRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).command(intended{name: "record.comment", typ: typ, record: in.ID, key: in.Key, body: models.NewComment(in.Body)}))
}
