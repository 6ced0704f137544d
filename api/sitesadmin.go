// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

type newSiteInput struct {
	Keyed
	Body struct {
		Name     string    `json:"name" minLength:"1" maxLength:"200"`
		Zone     string    `json:"zone" minLength:"1" maxLength:"100" doc:"IANA name." example:"Europe/Berlin"`
		Calendar uuid.UUID `json:"calendar" format:"uuid" doc:"Its working calendar."`
		Reason   string    `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// createSite makes a site. Records, grants and due dates hang on it, so it stays.
func (a *API) createSite(ctx context.Context, in *newSiteInput) (*made, error) {
	c := callerOf(ctx)
	id := models.DeriveID("site", c.Org.String(), c.Person.ID.String(), in.Key)
	body := models.NewSite{ID: id.String(), Name: in.Body.Name, Zone: in.Body.Zone, Calendar: in.Body.Calendar, Reason: in.Body.Reason}
	return a.created(ctx, id, c.command(intended{name: "admin.site", key: in.Key, body: body}))
}
