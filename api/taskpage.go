// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"net/url"
	"regexp"

	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
)

// slugPattern is what a link may say of whose task it is.
var slugPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

// taskPage is GET /t/{id}?o={organization}, where the link in a message leads. It decides nothing. Without a session it looks
// nothing up: it repeats what the link says, whether or not there is such a task or organization.
func (a *API) taskPage(w http.ResponseWriter, r *http.Request) error {
	id, err := pageID(r)
	if err != nil {
		return err
	}
	organization := r.URL.Query().Get("o")
	if !slugPattern.MatchString(organization) {
		organization = ""
	}
	ctx, c, err := a.worker(r)
	if refusedAs(err, models.CodeUnauthenticated) {
		draw(w, r, http.StatusOK, &pages.Task{Organization: organization, Login: loginAddress(r.URL.RequestURI(), organization, false)})
		return nil
	}
	if err != nil {
		return err
	}
	read, err := a.readTask(ctx, c, id)
	if err != nil {
		return err
	}
	t, record := read.row.Task, read.record
	page := &pages.Task{
		Title: t.Title, Number: record.Number, RecordTitle: record.Title, Class: record.Class, Site: record.SiteName, State: t.State,
		Outcome: t.Outcome, Holder: read.row.AssigneeName, Due: pages.Instant(t.DueAt, read.row.SiteZone), Held: record.HeldAt != nil,
		Overdue: t.State == models.TaskOpen && t.DueAt.Before(a.Now()), App: "/inbox?task=" + url.QueryEscape(t.ID.String()),
	}
	if t.OwnerID != nil {
		page.For = read.row.OwnerName
	}
	if t.State == models.TaskDone {
		page.Holder = read.row.CompletedByName
	}
	draw(w, r, http.StatusOK, page)
	return nil
}
