// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// organization is the row as it stands, one revision on: what changes it, sets the rest of it as it was.
func (t *tx) organization() postgres.OrganizationRow {
	o := t.facts.Org
	return postgres.OrganizationRow{Org: o.ID, Slug: o.Slug, Name: o.Name, Settings: o.Settings, Revision: o.Revision + 1, Letter: o.Letter, CreatedAt: t.now}
}

func applySettings(_ context.Context, t *tx) error {
	body, err := read[models.SettingsChange](t.cmd)
	if err != nil {
		return err
	}
	if err := needText("reason", body.Reason); err != nil {
		return err
	}
	if body.Revision != t.facts.Org.Revision {
		return models.Refuse(models.CodeStale,
			fmt.Sprintf("The settings are at revision %d and you saw revision %d. Nothing was changed; look at them again.", t.facts.Org.Revision, body.Revision))
	}
	if err := checkChoices(body.Choices); err != nil {
		return err
	}
	row := t.organization()
	row.Settings = body.Choices.Apply(row.Settings)
	t.identity().Organizations = []postgres.OrganizationRow{row}
	t.event.reason = body.Reason
	t.note("settings", models.ChoicesOf(t.facts.Org.Settings), body.Choices)
	return nil
}

// Minutes that no choice exceeds: a session always ends (draft Annex 11, 11.8).
const maxSessionMinutes = 24 * 60

func checkChoices(c models.Choices) error {
	switch {
	case !slices.Contains([]string{"strict", "session"}, c.SignatureRule):
		return models.InvalidField("signature_rule", "enum", "The rule is strict or session.")
	case !slices.Contains([]string{"warn", "deny"}, c.SubordinateRule):
		return models.InvalidField("subordinate_rule", "enum", "The rule is warn or deny.")
	case c.IdleMinutes < 0 || c.IdleMinutes > maxSessionMinutes:
		return models.InvalidField("idle_minutes", "out_of_range", "A session ends within a day.")
	case c.AbsoluteMinutes < 0 || c.AbsoluteMinutes > maxSessionMinutes:
		return models.InvalidField("absolute_minutes", "out_of_range", "A session ends within a day.")
	case c.LockAfter < 0 || c.LockAfter > 20:
		return models.InvalidField("lock_after", "out_of_range", "An account locks after 20 wrong attempts at the latest.")
	}
	return nil
}

// applyLetter records the certification of 21 CFR 11.100(c). One letter covers the organization, so there is one.
func applyLetter(_ context.Context, t *tx) error {
	body, err := read[models.NewLetter](t.cmd)
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, body.SentOn)
	switch {
	case t.facts.Org.Letter != nil:
		return models.Refuse(models.CodeMoved, "The letter is on file already: "+t.facts.Org.Letter.Reference+".")
	case !validName(body.Reference):
		return models.InvalidField("reference", "invalid", "A reference has 1 to 200 characters.")
	case err != nil || day.After(t.now.Add(24*time.Hour)): // it may be tomorrow already where the letter was written
		return models.InvalidField("sent_on", "invalid", "This is a day that has come, as 2026-12-31.")
	}
	row := t.organization()
	row.Letter = &models.Letter{Reference: body.Reference, SentOn: body.SentOn, RecordedBy: t.actor.ID, RecordedAt: t.now}
	row.Settings.LetterReference = body.Reference
	t.identity().Organizations = []postgres.OrganizationRow{row}
	t.note("letter", nil, row.Letter)
	return nil
}

// applyCalendar makes a calendar or its next version. Steps that are open keep their instants; what opens next takes the new one.
func applyCalendar(_ context.Context, t *tx) error {
	body, err := read[models.CalendarChange](t.cmd)
	if err != nil {
		return err
	}
	var old any
	standing := 0
	if c := t.facts.Named.Calendar; c != nil {
		old, standing = c.Spec, c.Version
	}
	if body.Version != standing {
		return models.Refuse(models.CodeStale,
			fmt.Sprintf("The calendar is at version %d and you saw version %d. Nothing was changed; look at it again.", standing, body.Version))
	}
	if err := body.Calendar.Validate(); err != nil {
		return models.InvalidField("calendar", "invalid", err.Error())
	}
	row := postgres.CalendarRow{
		Org: t.cmd.Org, ID: body.Calendar.ID, Version: standing + 1, Name: body.Calendar.Name, Spec: body.Calendar, CreatedAt: t.now,
	}
	t.identity().Calendars = []postgres.CalendarRow{row}
	t.event.reason = body.Reason
	t.note("calendar."+row.ID.String(), old, row.Spec)
	return nil
}

func namedCalendar(cmd models.Command) *uuid.UUID {
	body, err := read[models.CalendarChange](cmd)
	if err != nil {
		return nil
	}
	return &body.Calendar.ID
}

func applySite(_ context.Context, t *tx) error {
	body, err := read[models.NewSite](t.cmd)
	if err != nil {
		return err
	}
	_, err = time.LoadLocation(body.Zone)
	switch {
	case t.facts.Site != nil || body.ID == "" || body.ID == models.AllSites:
		return models.Refuse(models.CodeMoved, "This site exists already.")
	case !validName(body.Name):
		return models.InvalidField("name", "invalid", "A name has 1 to 200 characters.")
	case err != nil || body.Zone == "" || body.Zone == "Local":
		return models.InvalidField("zone", "unknown", "This is no IANA time zone, such as Europe/Berlin.")
	case t.facts.Named.Calendar == nil:
		return models.InvalidField("calendar", "unknown", "There is no such calendar.")
	}
	row := postgres.SiteRow{Org: t.cmd.Org, ID: body.ID, Name: body.Name, Zone: body.Zone, Calendar: body.Calendar, CreatedAt: t.now}
	t.identity().Sites = []postgres.SiteRow{row}
	t.event.reason = body.Reason
	t.note("site", nil, map[string]any{"id": row.ID, "name": row.Name, "zone": row.Zone, "calendar": row.Calendar})
	return nil
}

func calendarOfSite(cmd models.Command) *uuid.UUID {
	body, err := read[models.NewSite](cmd)
	if err != nil {
		return nil
	}
	return &body.Calendar
}

func siteToBe(cmd models.Command) string {
	body, err := read[models.NewSite](cmd)
	if err != nil {
		return ""
	}
	return body.ID
}
