// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

type formInput struct {
	ID string `path:"id" maxLength:"200" example:"deviation.report"`
}

type formOutput struct{ Body *models.Form }

// form reads a form definition: clients draw it, and evaluate its conditions as the server does.
func (a *API) form(_ context.Context, in *formInput) (*formOutput, error) {
	form, ok := a.Forms[in.ID]
	if !ok {
		return nil, models.Refuse(models.CodeNotFound, "There is no such form.")
	}
	return &formOutput{Body: form}, nil
}

// PersonItem is a person or a service account of the organization.
type PersonItem struct {
	ID       uuid.UUID `json:"id" format:"uuid"`
	Kind     string    `json:"kind" enum:"person,service"`
	Username string    `json:"username"`
	Name     string    `json:"name"`
}

type peopleInput struct {
	Query string `query:"q" maxLength:"100" doc:"Part of a name or username."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type peopleOutput struct {
	Body struct {
		Items []PersonItem `json:"items"`
	}
}

// people finds whom a task can be given to, and who is named in a form.
func (a *API) people(ctx context.Context, in *peopleInput) (*peopleOutput, error) {
	c := callerOf(ctx)
	out := &peopleOutput{}
	out.Body.Items = []PersonItem{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.People(ctx, queries.PeopleParams{Org: c.Org, Q: in.Query, Max: int32(in.Limit)})
		for _, r := range rows {
			out.Body.Items = append(out.Body.Items, PersonItem{ID: r.ID, Kind: r.Kind, Username: r.Username, Name: r.Name})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return out, nil
}

type sitesOutput struct {
	Body struct {
		Items []Place `json:"items"`
	}
}

func (a *API) sites(ctx context.Context, _ *struct{}) (*sitesOutput, error) {
	c := callerOf(ctx)
	out := &sitesOutput{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Sites(ctx, c.Org)
		out.Body.Items = placesOf(rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sites: %w", err)
	}
	return out, nil
}

// TypeView is one type of record with its process as declared.
type TypeView struct {
	Name   string        `json:"name" example:"deviation"`
	Title  string        `json:"title"`
	Prefix string        `json:"prefix" example:"DEV"`
	Path   string        `json:"path" example:"/v1/deviations"`
	Form   string        `json:"form" doc:"Id of the form that it is filed with; see GET /v1/forms/{id}."`
	Steps  []models.Step `json:"steps"`

	Classes []string `json:"classes" doc:"That a record of the type can have; empty where it knows none."`
}

type typesOutput struct {
	Body struct {
		Items []TypeView `json:"items"`
	}
}

func (a *API) types(_ context.Context, _ *struct{}) (*typesOutput, error) {
	out := &typesOutput{}
	out.Body.Items = []TypeView{}
	for _, t := range a.sortedTypes() {
		out.Body.Items = append(out.Body.Items, TypeView{
			Name: t.Name, Title: t.Title, Prefix: t.Prefix, Path: "/v1/" + t.Name + "s", Form: t.FormOf(models.FilingSection), Steps: t.Steps,
			Classes: append([]string{}, t.Classes...),
		})
	}
	return out, nil
}
