// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// maxViews is how many views one person may keep.
const maxViews = 100

// View is a list as somebody likes to see it: a name for the query of a screen's address. It is a personal preference and no
// evidence of anything, so it leaves no trace in the audit trail. It opens nothing: whoever follows it sees what he may see.
type View struct {
	ID      uuid.UUID `json:"id" format:"uuid"`
	Screen  string    `json:"screen" example:"inbox"`
	Name    string    `json:"name" example:"Mine, due this week"`
	Query   string    `json:"query" example:"box=mine&sort=due"`
	SavedAt time.Time `json:"saved_at"`
}

type viewsOutput struct {
	Body struct {
		Items []View `json:"items"`
	}
}

// views lists the caller's saved views, by screen and name.
func (a *API) views(ctx context.Context, _ *struct{}) (*viewsOutput, error) {
	c := callerOf(ctx)
	out := &viewsOutput{}
	out.Body.Items = []View{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Views(ctx, queries.ViewsParams{Org: c.Org, Person: c.Person.ID})
		for _, r := range rows {
			out.Body.Items = append(out.Body.Items, View{ID: r.ID, Screen: r.Screen, Name: r.Name, Query: r.Query, SavedAt: r.SavedAt})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the saved views: %w", err)
	}
	return out, nil
}

type saveViewInput struct {
	ByID
	Body struct {
		Screen string `json:"screen" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9_]*$" patternDescription:"lower_snake_case"`
		Name   string `json:"name" minLength:"1" maxLength:"80"`
		Query  string `json:"query" maxLength:"2000" doc:"Of the screen's address, without its question mark."`
	}
}

type viewOutput struct{ Body View }

// saveView keeps a view under an id that the client chose, new or changed.
func (a *API) saveView(ctx context.Context, in *saveViewInput) (*viewOutput, error) {
	c := callerOf(ctx)
	view := View{
		ID: in.ID, Screen: in.Body.Screen, Name: strings.TrimSpace(in.Body.Name), Query: in.Body.Query, SavedAt: a.Now().UTC().Truncate(time.Microsecond),
	}
	if view.Name == "" {
		return nil, models.InvalidField("name", "required", "A view has a name.")
	}
	if _, err := url.ParseQuery(view.Query); err != nil || strings.HasPrefix(view.Query, "?") {
		return nil, models.InvalidField("query", "malformed", "This is not the query of an address, such as box=mine&sort=due.")
	}
	err := a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error { return keepView(ctx, q, c, view) })
	var taken *pgconn.PgError
	if errors.As(err, &taken) && taken.ConstraintName == "saved_views_name" {
		return nil, models.InvalidField("name", "taken", "You have a view of this name on this screen already.")
	}
	if err != nil {
		return nil, fmt.Errorf("keep the view: %w", err)
	}
	return &viewOutput{Body: view}, nil
}

func keepView(ctx context.Context, q *queries.Queries, c *caller, view View) error {
	if err := q.LockViews(ctx, c.Person.ID.String()); err != nil {
		return err
	}
	others, err := q.CountOtherViews(ctx, queries.CountOtherViewsParams{Org: c.Org, Person: c.Person.ID, ID: view.ID})
	if err != nil {
		return err
	}
	if others >= maxViews {
		return models.Refuse(models.CodeMoved, fmt.Sprintf("You have %d saved views, which is the most there can be: delete one.", others))
	}
	return q.SaveView(ctx, queries.SaveViewParams{
		Org: c.Org, Person: c.Person.ID, ID: view.ID, Screen: view.Screen, Name: view.Name, Query: view.Query, At: view.SavedAt,
	})
}

// deleteView forgets a view. One that is not there is forgotten already.
func (a *API) deleteView(ctx context.Context, in *ByID) (*struct{}, error) {
	c := callerOf(ctx)
	err := a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		_, err := q.DeleteView(ctx, queries.DeleteViewParams{Org: c.Org, Person: c.Person.ID, ID: in.ID})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("delete the view: %w", err)
	}
	return nil, nil
}
