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

// RecordFilters narrow a list of records.
type RecordFilters struct {
	State        string    `query:"state" maxLength:"100"`
	Class        string    `query:"class" maxLength:"100"`
	Site         []string  `query:"site" maxItems:"100" doc:"Id of a site, or of several."`
	Owner        uuid.UUID `query:"owner" format:"uuid"`
	DueBefore    time.Time `query:"due_before"`
	Open         string    `query:"open" enum:"true,false" doc:"Open ones only, or closed ones only."`
	ClosedFrom   time.Time `query:"closed_from" doc:"Closed or cancelled at this instant or later."`
	ClosedBefore time.Time `query:"closed_before"`
	OnTime       string    `query:"on_time" enum:"due,original" doc:"Closed by its due date, or by the one that it had before any extension."`
	Repeat       string    `query:"repeat" enum:"true" doc:"Repeats of an earlier record only."`
	HumanError   string    `query:"human_error" enum:"true" doc:"Those only whose cause is human error."`
	Query        string    `query:"q" maxLength:"200" doc:"The number of a record, or beginnings of words of its title."`
	FacetFilters
}

// FacetFilters narrow by what a record is counted by.
type FacetFilters struct {
	Area    string `query:"area" maxLength:"500" doc:"The owning department."`
	Product string `query:"product" maxLength:"500" doc:"One of the products of its batches."`
	Without string `query:"without" enum:"class,area,product" doc:"Those that have none."`
}

func (f FacetFilters) facets() postgres.Facets {
	return postgres.Facets{Area: f.Area, Product: f.Product, Without: f.Without}
}

type RecordQuery struct {
	RecordFilters
	Sort string `query:"sort" enum:"due,-due,created,-created,closed,-closed" default:"due" doc:"closed and -closed list what is closed only."`
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
	"closed": {Column: "closed_at"}, "-closed": {Column: "closed_at", Desc: true},
}

// recordFilter is what the caller may see of what he asks for.
func (a *API) recordFilter(ctx context.Context, typ string, in RecordFilters) (postgres.RecordFilter, error) {
	scope, err := a.Policy.Scope(ctx, callerOf(ctx).Person)
	f := postgres.RecordFilter{
		Keys: scope.Records, Type: typ, State: in.State, Class: in.Class, Sites: in.Site, Owner: in.Owner, DueBefore: in.DueBefore, Query: in.Query,
		ClosedFrom: in.ClosedFrom, ClosedBefore: in.ClosedBefore, OnTime: in.OnTime, Repeat: in.Repeat != "", HumanError: in.HumanError != "",
		Facets: in.facets(),
	}
	if in.Open != "" {
		open := in.Open == "true"
		f.Open = &open
	}
	return f, err
}

func (a *API) listRecords(ctx context.Context, typ string, in RecordQuery) (*recordsOutput, error) {
	c := callerOf(ctx)
	page, err := in.page("records", in.Sort, recordSorts[in.Sort])
	if err != nil {
		return nil, err
	}
	f, err := a.recordFilter(ctx, typ, in.RecordFilters)
	if err != nil {
		return nil, err
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
		out.Body.Next = cursor{List: "records", Sort: in.Sort, At: recordPlace(last, page.Sort.Column), ID: last.ID}.String()
	}
	return out, nil
}

func recordPlace(r postgres.RecordItem, column string) time.Time {
	switch {
	case column == "created_at":
		return r.CreatedAt
	case column == "closed_at" && r.ClosedAt != nil:
		return *r.ClosedAt
	default:
		return r.DueAt
	}
}
