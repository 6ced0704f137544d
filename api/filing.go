// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

type fileInput struct {
	Keyed
	Body struct {
		Site     string         `json:"site" minLength:"1" maxLength:"200" doc:"Where it happened: the id of a site."`
		Owner    *uuid.UUID     `json:"owner,omitempty" format:"uuid" doc:"Who will own the record; the reporter unless told."`
		Draft    bool           `json:"draft,omitempty" doc:"Number it now and complete it later. Its clock runs."`
		Migrated bool           `json:"migrated,omitempty" doc:"It comes from another system. Only an integration says so."`
		Data     map[string]any `json:"data" doc:"The first form of its type, see GET /v1/forms/{id}."`
	}
}

type filed struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     Record
}

// file makes a record of a type. Its id comes from the key, so that the same request finds the same record, wherever it failed.
func (a *API) file(t models.RecordType) func(context.Context, *fileInput) (*filed, error) {
	route := t.Name + ".create"
	return func(ctx context.Context, in *fileInput) (*filed, error) {
		c := callerOf(ctx)
		record := models.DeriveID("record", c.Org.String(), c.Person.ID.String(), route, in.Key)
		cmd := c.command(intended{name: "record.create", route: route, typ: t.Name, record: record, key: in.Key, body: models.NewRecord(in.Body)})
		_, err := settled(a.Engine.Start(ctx, models.CaseInput{Org: c.Org, Type: t.Name, Record: record}, cmd))
		if err != nil {
			return nil, under(err, models.FilingSection)
		}
		view, err := a.readRecord(ctx, record)
		if err != nil {
			return nil, err
		}
		return &filed{Location: "/v1/" + t.Name + "s/" + record.String(), ETag: etag(view.Version), Body: recordOf(view)}, nil
	}
}
