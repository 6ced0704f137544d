// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// AbsenceView says who is away, and who acts for him in his own name.
type AbsenceView struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	Person     Named      `json:"person"`
	Substitute Named      `json:"substitute"`
	State      string     `json:"state" enum:"planned,now,over"`
	StartsAt   time.Time  `json:"starts_at"`
	EndsAt     time.Time  `json:"ends_at"`
	Reason     string     `json:"reason,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	CreatedBy  Named      `json:"created_by"`
	EndedAt    *time.Time `json:"ended_at,omitempty" doc:"When it was cut short."`
}

func absencesOf(rows []queries.AbsencesRow, now time.Time) []AbsenceView {
	views := make([]AbsenceView, len(rows))
	for i, r := range rows {
		x := r.Absence
		views[i] = AbsenceView{
			ID: x.ID, Person: Named{ID: x.UserID, Name: r.UserName}, Substitute: Named{ID: x.SubstituteID, Name: r.SubstituteName}, State: "now",
			StartsAt: x.StartsAt, EndsAt: x.EndsAt, Reason: x.Reason, CreatedAt: x.CreatedAt, CreatedBy: Named{ID: x.CreatedBy, Name: r.CreatedByName},
			EndedAt: x.EndedAt,
		}
		switch {
		case !x.EndsAt.After(now):
			views[i].State = "over"
		case x.StartsAt.After(now):
			views[i].State = "planned"
		}
	}
	return views
}

type absencesInput struct {
	Person uuid.UUID `query:"person" format:"uuid" doc:"Whose; everybody's that the caller may read if left out."`
	Past   bool      `query:"past" doc:"Those that are over, too."`
}

type absencesOutput struct {
	Body struct {
		Items []AbsenceView `json:"items"`
	}
}

// absences lists the caller's own absences and those that he stands in for, and those of others for who looks after them.
func (a *API) absences(ctx context.Context, in *absencesInput) (*absencesOutput, error) {
	c := callerOf(ctx)
	p := a.absencesFor(ctx, c, notNil(in.Person))
	p.Past = in.Past
	out := &absencesOutput{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Absences(ctx, p)
		out.Body.Items = absencesOf(rows, p.At)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list absences: %w", err)
	}
	if len(out.Body.Items) == 0 && in.Person != uuid.Nil && in.Person != c.Person.ID {
		if err := a.may(ctx, c, "absences.read"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// absencesFor asks for the absences that the caller may read: of one person, or of everybody if person is nil. Why somebody is away
// concerns those who look after a site where he works. Policy is asked about each grant by itself: a role at one site reads nothing
// of another.
func (a *API) absencesFor(ctx context.Context, c *caller, person *uuid.UUID) queries.AbsencesParams {
	p := queries.AbsencesParams{Org: c.Org, Person: person, Reader: c.Person.ID, Sites: []string{}, At: a.Now()}
	for _, g := range c.Person.Grants {
		ask := a.question(c, "absences.read")
		ask.Actor.Grants = []models.Grant{g}
		verdict, err := a.Policy.Decide(ctx, ask)
		if err != nil {
			logger(ctx).ErrorContext(ctx, "policy gave no answer: denied", "action", ask.Action, "error", err)
		}
		if verdict.Allow {
			p.Sites = append(p.Sites, g.Site)
		}
	}
	return p
}

type newAbsenceInput struct {
	Keyed
	Body struct {
		Person     *uuid.UUID `json:"person,omitempty" format:"uuid" doc:"Who is away; the caller if left out."`
		Substitute uuid.UUID  `json:"substitute" format:"uuid" doc:"Who acts for him, in his own name."`
		StartsAt   time.Time  `json:"starts_at" doc:"Now at the earliest."`
		EndsAt     time.Time  `json:"ends_at"`
		Reason     string     `json:"reason,omitempty" maxLength:"10000"`
	}
}

// createAbsence says who is away. His open tasks and those that come go to the substitute, where policy lets him have them.
func (a *API) createAbsence(ctx context.Context, in *newAbsenceInput) (*made, error) {
	c := callerOf(ctx)
	body := models.NewAbsence{
		ID: models.DeriveID("absence", c.Org.String(), c.Person.ID.String(), in.Key), User: c.Person.ID, Substitute: in.Body.Substitute,
		StartsAt: in.Body.StartsAt, EndsAt: in.Body.EndsAt, Reason: in.Body.Reason,
	}
	if in.Body.Person != nil {
		body.User = *in.Body.Person
	}
	return a.created(ctx, body.ID, c.command(intended{name: "admin.absence", key: in.Key, body: body}))
}

type endAbsenceInput struct {
	ByID
	Keyed
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"10000"`
	}
}

// endAbsence cuts an absence short.
func (a *API) endAbsence(ctx context.Context, in *endAbsenceInput) (*recorded, error) {
	c := callerOf(ctx)
	var row queries.Absence
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.Absence(ctx, queries.AbsenceParams{Org: c.Org, ID: in.ID})
		return err
	})
	if err := orNotFound(err, models.Refuse(models.CodeNotFound, "There is no such absence."), "find the absence"); err != nil {
		return nil, err
	}
	name := "admin.absence_end"
	body := models.AbsenceEnd{Absence: in.ID, User: row.UserID, Reason: in.Body.Reason}
	return a.give(ctx, c.command(intended{name: name, route: name + "/" + in.ID.String(), key: in.Key, body: body}))
}
