// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

type RecordQuery struct {
	State     string    `query:"state" maxLength:"100"`
	Class     string    `query:"class" maxLength:"100"`
	Site      string    `query:"site" maxLength:"200" doc:"Id of a site."`
	Owner     uuid.UUID `query:"owner" format:"uuid"`
	DueBefore time.Time `query:"due_before"`
	Open      string    `query:"open" enum:"true,false" doc:"Open ones only, or closed ones only."`
	Query     string    `query:"q" maxLength:"200" doc:"A record number, or a part of the title."`
	Sort      string    `query:"sort" enum:"due,-due,created,-created" default:"due"`
	Paged
}

type recordsInput struct {
	Type string `query:"type" maxLength:"100"`
	RecordQuery
}

type recordsOutput struct {
	Body struct {
		Items []RecordItem `json:"items"`
		Next  string       `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
	}
}

func (a *API) records(ctx context.Context, in *recordsInput) (*recordsOutput, error) {
	return a.listRecords(ctx, in.Type, in.RecordQuery)
}

// recordsOf lists the records of one type.
func (a *API) recordsOf(t models.RecordType) func(context.Context, *RecordQuery) (*recordsOutput, error) {
	return func(ctx context.Context, in *RecordQuery) (*recordsOutput, error) {
		return a.listRecords(ctx, t.Name, *in)
	}
}

var recordSorts = map[string]postgres.Sort{
	"due": {Column: "due_at"}, "-due": {Column: "due_at", Desc: true},
	"created": {Column: "created_at"}, "-created": {Column: "created_at", Desc: true},
}

func (a *API) listRecords(ctx context.Context, typ string, in RecordQuery) (*recordsOutput, error) {
	c := callerOf(ctx)
	page, err := in.page("records", in.Sort, recordSorts[in.Sort])
	if err != nil {
		return nil, err
	}
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	f := postgres.RecordFilter{
		Keys: scope.Records, Type: typ, State: in.State, Class: in.Class, Site: in.Site, Owner: in.Owner, DueBefore: in.DueBefore, Query: in.Query,
	}
	if in.Open != "" {
		open := in.Open == "true"
		f.Open = &open
	}
	rows, more, err := a.DB.Records(ctx, c.Org, f, page)
	if err != nil {
		return nil, err
	}
	out, now := &recordsOutput{}, a.Now()
	out.Body.Items = make([]RecordItem, len(rows))
	for i, r := range rows {
		out.Body.Items[i] = RecordItem{
			ID: r.ID, Type: r.Type, Number: r.Number, Title: r.Title, State: r.State, Class: r.Class, Site: Place{ID: r.Site, Name: r.SiteName},
			Owner: Named{ID: r.OwnerID, Name: r.OwnerName}, Reporter: Named{ID: r.ReporterID, Name: r.ReporterName}, Version: r.Version,
			DueAt: r.DueAt, Overdue: overdue(r.ClosedAt, r.DueAt, now), LateSeconds: r.LateSeconds, Extensions: r.Extensions, HeldAt: r.HeldAt,
			Migrated: r.Migrated, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, ClosedAt: r.ClosedAt,
		}
	}
	if more {
		last := rows[len(rows)-1]
		at := last.DueAt
		if page.Sort.Column == "created_at" {
			at = last.CreatedAt
		}
		out.Body.Next = cursor{List: "records", Sort: in.Sort, At: at, ID: last.ID}.String()
	}
	return out, nil
}
