// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// Paged is how lists are asked for page by page.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before, with the same filters and order."`
}

// cursor is the place where a page ended. Clients take it as it is: what is in it may change.
type cursor struct {
	List string    `json:"l"`
	Sort string    `json:"s"`
	At   time.Time `json:"t"`
	ID   uuid.UUID `json:"i"`
}

func (c cursor) String() string { return base64.RawURLEncoding.EncodeToString(models.MustJSON(c)) }

// page reads the cursor strictly: one of another list or another order would silently leave rows out.
func (p Paged) page(list, order string, sort postgres.Sort) (postgres.Page, error) {
	page := postgres.Page{Sort: sort, Limit: p.Limit}
	if p.Cursor == "" {
		return page, nil
	}
	c, ok := parseCursor(p.Cursor)
	if !ok || c.List != list || c.Sort != order {
		return page, models.InvalidField("query.cursor", "invalid", "This is not a cursor of this list in this order. Begin again without one.")
	}
	page.After = &postgres.Place{At: c.At, ID: c.ID}
	return page, nil
}

func parseCursor(text string) (cursor, bool) {
	var c cursor
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return c, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, false
	}
	// One place has one spelling, and an instant that Postgres can hold.
	return c, c.String() == text && c.At.Year() >= 1 && c.At.Year() <= 9999
}
