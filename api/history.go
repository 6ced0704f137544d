// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

type historyInput struct {
	ByID
	Sort string `query:"sort" enum:"at,-at" default:"at" doc:"at: oldest first."`
	Paged
}

type eventsOutput struct {
	Body struct {
		Items []AuditEvent `json:"items"`
		Next  string       `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
	}
}

// history is the audit trail of one record, refused attempts too: whoever sees the record sees what was done to it.
func (a *API) history(ctx context.Context, in *historyInput) (*eventsOutput, error) {
	if _, err := a.readRecord(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.events(ctx, "history."+in.ID.String(), in.Sort, in.Paged, postgres.EventFilter{Record: in.ID})
}

// events lists audit events page by page.
func (a *API) events(ctx context.Context, list, order string, paged Paged, f postgres.EventFilter) (*eventsOutput, error) {
	page, err := paged.page(list, order, postgres.Sort{Desc: order == "-at"})
	if err != nil {
		return nil, err
	}
	rows, more, err := a.DB.Events(ctx, callerOf(ctx).Org, f, page)
	if err != nil {
		return nil, err
	}
	out := &eventsOutput{}
	if out.Body.Items, err = auditEventsOf(rows); err != nil {
		return nil, err
	}
	if more {
		last := rows[len(rows)-1]
		out.Body.Next = cursor{List: list, Sort: order, At: last.At, ID: last.ID}.String()
	}
	return out, nil
}

// Comment is a remark.
type Comment struct {
	ID     uuid.UUID  `json:"id" format:"uuid"`
	Task   *uuid.UUID `json:"task,omitempty" format:"uuid"`
	Author Named      `json:"author"`
	Text   string     `json:"text"`
	At     time.Time  `json:"at"`
}

type commentsOutput struct {
	Body struct {
		Items []Comment `json:"items"`
	}
}

func (a *API) comments(ctx context.Context, in *ByID) (*commentsOutput, error) {
	rows, err := ofRecord(ctx, a, in.ID, func(q *queries.Queries, org uuid.UUID) ([]queries.RecordCommentsRow, error) {
		return q.RecordComments(ctx, queries.RecordCommentsParams{Org: org, Record: in.ID})
	})
	if err != nil {
		return nil, err
	}
	out := &commentsOutput{}
	out.Body.Items = make([]Comment, len(rows))
	for i, r := range rows {
		c := r.Comment
		out.Body.Items[i] = Comment{ID: c.ID, Task: c.TaskID, Author: Named{ID: c.AuthorID, Name: r.Author}, Text: c.Text, At: c.CreatedAt}
	}
	return out, nil
}

// ofRecord reads what belongs to a record that the caller may see.
func ofRecord[T any](ctx context.Context, a *API, id uuid.UUID, read func(*queries.Queries, uuid.UUID) (T, error)) (T, error) {
	var out T
	if _, err := a.readRecord(ctx, id); err != nil {
		return out, err
	}
	org := callerOf(ctx).Org
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		out, err = read(q, org)
		return err
	})
	return out, err
}

// Link is a typed edge to another record.
type Link struct {
	Kind      string     `json:"kind" example:"causes"`
	Direction string     `json:"direction" enum:"to,from" doc:"to: this record points to the other."`
	Record    LinkedItem `json:"record"`
	By        Named      `json:"by"`
	At        time.Time  `json:"at"`
}

// LinkedItem is the other record. Its title and state are told only to who may see it.
type LinkedItem struct {
	ID     uuid.UUID `json:"id" format:"uuid"`
	Type   string    `json:"type"`
	Number string    `json:"number"`
	Title  string    `json:"title,omitempty"`
	State  string    `json:"state,omitempty"`
}

type linksOutput struct {
	Body struct {
		Items []Link `json:"items"`
	}
}

func (a *API) links(ctx context.Context, in *ByID) (*linksOutput, error) {
	rows, err := ofRecord(ctx, a, in.ID, func(q *queries.Queries, org uuid.UUID) ([]queries.RecordLinksRow, error) {
		return q.RecordLinks(ctx, queries.RecordLinksParams{Org: org, Record: in.ID})
	})
	if err != nil {
		return nil, err
	}
	scope, err := a.Policy.Scope(ctx, callerOf(ctx).Person)
	if err != nil {
		return nil, err
	}
	out := &linksOutput{}
	out.Body.Items = make([]Link, len(rows))
	for i, r := range rows {
		link := Link{
			Kind: r.Link.Kind, Direction: "from", Record: LinkedItem{ID: r.ID, Type: r.Type, Number: r.Number},
			By: Named{ID: r.Link.CreatedBy, Name: r.Author}, At: r.Link.CreatedAt,
		}
		if r.Outgoing {
			link.Direction = "to"
		}
		if scope.Reads(r.Site, r.OwnerID, r.ReporterID) {
			link.Record.Title, link.Record.State = r.Title, r.State
		}
		out.Body.Items[i] = link
	}
	return out, nil
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
