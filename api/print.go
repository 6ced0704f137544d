// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// printFor is how long the link to a copy is good.
const printFor = 10 * time.Minute

type printInput struct {
	ByID
	Keyed
	Body struct {
		Version int `json:"version,omitempty" minimum:"1" maximum:"1000000" doc:"Of the record; the present one unless told."`
	}
}

// PrintMade is a recorded copy.
type PrintMade struct {
	Receipt
	URL string `json:"url" example:"/print/records/0199.../?print=0199..." doc:"Of the page to print: good once, for ten minutes, for the person who made the copy."`
}

type printOutput struct{ Body PrintMade }

// print records that a copy on paper is made, and says where its page is.
func (a *API) print(ctx context.Context, in *printInput) (*printOutput, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	receipt, err := a.makePrint(ctx, record, in.Body.Version, in.Key)
	if err != nil {
		return nil, err
	}
	return &printOutput{Body: PrintMade{Receipt: *receipt, URL: printAddress(in.ID, receipt)}}, nil
}

func (a *API) makePrint(ctx context.Context, record *postgres.RecordView, version int, key string) (*Receipt, error) {
	body := models.Print{Version: version}
	if version == 0 {
		body.Version = record.Version
	}
	made, err := a.give(ctx, callerOf(ctx).command(intended{
		// That no version was told is part of the request: the same request later, with a newer version, is the same request.
		name: "record.print", typ: record.Type, record: record.ID, key: key, body: body, told: models.Print{Version: version},
	}))
	if err != nil {
		return nil, err
	}
	return &made.Body, nil
}

func printAddress(record uuid.UUID, receipt *Receipt) string {
	return "/print/records/" + record.String() + "?" + url.Values{"print": {receipt.Event.String()}}.Encode()
}

// copyMade is a print as its audit event has it.
type copyMade struct {
	models.Printed
	Event uuid.UUID
	At    time.Time
}

// openPrint finds a copy that the caller made, and marks it as opened: it is found once, and not for long. nil if it is not.
func (a *API) openPrint(ctx context.Context, record, event uuid.UUID) (*copyMade, error) {
	c, now := callerOf(ctx), a.Now()
	var made *copyMade
	err := a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		row, err := q.Print(ctx, queries.PrintParams{Org: c.Org, ID: event, Record: &record, Person: c.Person.ID})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if now.Sub(row.At) > printFor {
			return nil
		}
		opened, err := q.OpenPrint(ctx, queries.OpenPrintParams{Org: c.Org, ID: event, At: now})
		if err != nil || opened == 0 {
			return err
		}
		made = &copyMade{Event: event, At: row.At}
		return made.read(row.Leaf)
	})
	if err != nil {
		return nil, fmt.Errorf("find the copy: %w", err)
	}
	return made, nil
}

// read takes what was printed from the audit event.
func (m *copyMade) read(leaf []byte) error {
	var e ledger.Event
	if err := json.Unmarshal(leaf, &e); err != nil {
		return fmt.Errorf("read the audit event: %w", err)
	}
	i := slices.IndexFunc(e.Changes, func(c ledger.Change) bool { return c.Field == "print" })
	if i < 0 {
		return errors.New("the audit event of a print does not say what was printed")
	}
	return json.Unmarshal(e.Changes[i].New, &m.Printed)
}
