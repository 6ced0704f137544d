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

// SessionView is a live session of a person.
type SessionView struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	Kind      string     `json:"kind" enum:"cookie,bearer,api_key"`
	Name      string     `json:"name,omitempty" doc:"Of an API key."`
	Address   string     `json:"address,omitempty"`
	Device    string     `json:"device,omitempty"`
	StartedAt time.Time  `json:"started_at"`
	SeenAt    time.Time  `json:"seen_at" doc:"Kept to about a minute."`
	ExpiresAt time.Time  `json:"expires_at"`
	SignedAt  *time.Time `json:"signed_at,omitempty" doc:"When a first signature was made in it (11.200(a)(1)(i))."`
	Current   bool       `json:"current" doc:"It is the one of this request."`
}

type sessionsOutput struct {
	Body struct {
		Items []SessionView `json:"items"`
	}
}

func (a *API) mySessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	return a.sessionsOf(ctx, callerOf(ctx).Person.ID)
}

func (a *API) userSessions(ctx context.Context, in *ByID) (*sessionsOutput, error) {
	if _, err := a.findUser(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := a.may(ctx, callerOf(ctx), "sessions.read"); err != nil {
		return nil, err
	}
	return a.sessionsOf(ctx, in.ID)
}

func (a *API) sessionsOf(ctx context.Context, person uuid.UUID) (*sessionsOutput, error) {
	c := callerOf(ctx)
	out := &sessionsOutput{}
	out.Body.Items = []SessionView{}
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.LiveSessions(ctx, queries.LiveSessionsParams{Org: c.Org, Person: person, At: a.Now()})
		for _, r := range rows {
			out.Body.Items = append(out.Body.Items, SessionView{
				ID: r.ID, Kind: r.Kind, Name: r.Name, Address: r.Address, Device: r.Device, StartedAt: r.CreatedAt, SeenAt: r.SeenAt,
				ExpiresAt: r.ExpiresAt, SignedAt: r.SignedAt, Current: r.ID.String() == c.ID,
			})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

var errNoSession = models.Refuse(models.CodeNotFound, "There is no such session.")

type endMineInput struct {
	ByID
	Keyed
}

// endMySession ends a session of the caller's, here or on another device.
func (a *API) endMySession(ctx context.Context, in *endMineInput) (*recorded, error) {
	c := callerOf(ctx)
	var owner uuid.UUID
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		owner, err = q.SessionOwner(ctx, queries.SessionOwnerParams{Org: c.Org, ID: in.ID})
		return err
	})
	if err == nil && owner != c.Person.ID {
		err = pgx.ErrNoRows
	}
	if err := orNotFound(err, errNoSession, "find the session"); err != nil {
		return nil, err
	}
	name := models.CommandSessionEnd
	return a.give(ctx, c.command(intended{name: name, route: name + "/" + in.ID.String(), key: in.Key, body: models.SessionEnd{ID: in.ID.String()}}))
}

type endSessionInput struct {
	ByID
	Session uuid.UUID `path:"session" format:"uuid"`
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) endSession(ctx context.Context, in *endSessionInput) (*recorded, error) {
	if _, err := a.findUser(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.endAs(ctx, "admin.session_revoke", in.Key, in.Session, in.ID, in.Body.Reason)
}

func (a *API) endAs(ctx context.Context, name, key string, session, user uuid.UUID, reason string) (*recorded, error) {
	body := models.SessionEnd{ID: session.String(), User: user, Reason: reason}
	return a.give(ctx, callerOf(ctx).command(intended{name: name, route: name + "/" + body.ID, key: key, body: body}))
}
