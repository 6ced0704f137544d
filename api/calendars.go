// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// CalendarView is a version of a working calendar.
type CalendarView struct {
	ID        uuid.UUID   `json:"id" format:"uuid"`
	Version   int         `json:"version"`
	ChangedAt time.Time   `json:"changed_at"`
	Calendar  CalendarDef `json:"calendar"`
}

// CalendarDef says when a site works. Hours are wall times in the zone.
type CalendarDef struct {
	Name     string            `json:"name" minLength:"1" maxLength:"200"`
	Zone     string            `json:"zone" minLength:"1" maxLength:"100" doc:"IANA name." example:"Europe/Berlin"`
	Week     []string          `json:"week" minItems:"7" maxItems:"7" doc:"Working hours by weekday, Sunday first; empty for a day off." example:"[\"\",\"08:00-17:00\",\"08:00-17:00\",\"08:00-17:00\",\"08:00-17:00\",\"08:00-15:00\",\"\"]"`
	Holidays []CalendarHoliday `json:"holidays" maxItems:"2000"`
	Extra    []CalendarExtra   `json:"extra" maxItems:"2000" doc:"Dates with hours of their own: a working Saturday, a short Christmas Eve."`
}

// CalendarHoliday is a date without working hours.
type CalendarHoliday struct {
	Date string `json:"date" format:"date"`
	Name string `json:"name" maxLength:"200"`
}

// CalendarExtra is a date whose hours replace those of its weekday.
type CalendarExtra struct {
	Date  string `json:"date" format:"date"`
	Hours string `json:"hours" maxLength:"300"`
	Name  string `json:"name,omitempty" maxLength:"200"`
}

func calendarView(row queries.Calendar) (CalendarView, error) {
	var c models.Calendar
	if err := json.Unmarshal(row.Spec, &c); err != nil {
		return CalendarView{}, fmt.Errorf("read calendar %s: %w", row.ID, err)
	}
	def := CalendarDef{Name: c.Name, Zone: c.Zone, Week: []string{}, Holidays: []CalendarHoliday{}, Extra: []CalendarExtra{}}
	for _, h := range c.Week {
		def.Week = append(def.Week, h.String())
	}
	for _, h := range c.Holidays {
		def.Holidays = append(def.Holidays, CalendarHoliday(h))
	}
	for _, e := range c.Extra {
		def.Extra = append(def.Extra, CalendarExtra{Date: e.Date, Hours: e.Hours.String(), Name: e.Name})
	}
	return CalendarView{ID: row.ID, Version: int(row.Version), ChangedAt: row.CreatedAt, Calendar: def}, nil
}

// calendar reads the definition; what is wrong with hours is told at their place.
func (d CalendarDef) calendar(id uuid.UUID) (models.Calendar, error) {
	c := models.Calendar{ID: id, Name: d.Name, Zone: d.Zone, Holidays: []models.Holiday{}, Extra: []models.ExtraDay{}}
	for i, text := range d.Week {
		hours, err := models.ParseHours(text)
		if err != nil {
			return c, models.InvalidField(fmt.Sprintf("calendar.week[%d]", i), "format", `These are hours as "08:00-12:00,13:00-17:00", in order.`)
		}
		c.Week[i] = hours
	}
	for _, h := range d.Holidays {
		c.Holidays = append(c.Holidays, models.Holiday(h))
	}
	for i, e := range d.Extra {
		hours, err := models.ParseHours(e.Hours)
		if err != nil {
			return c, models.InvalidField(fmt.Sprintf("calendar.extra[%d].hours", i), "format", `These are hours as "08:00-12:00,13:00-17:00", in order.`)
		}
		c.Extra = append(c.Extra, models.ExtraDay{Date: e.Date, Hours: hours, Name: e.Name})
	}
	return c, nil
}

type calendarsOutput struct {
	Body struct {
		Items []CalendarView `json:"items"`
	}
}

// calendars lists the newest version of each. Everybody reads them: due dates come from them.
func (a *API) calendars(ctx context.Context, _ *struct{}) (*calendarsOutput, error) {
	org := callerOf(ctx).Org
	out := &calendarsOutput{}
	out.Body.Items = []CalendarView{}
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Calendars(ctx, org)
		for _, r := range rows {
			view, err := calendarView(r)
			if err != nil {
				return err
			}
			out.Body.Items = append(out.Body.Items, view)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	return out, nil
}

type calendarOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		CalendarView
		Versions []CalendarVersion `json:"versions" doc:"Newest first."`
	}
}

// CalendarVersion is one of a calendar's versions.
type CalendarVersion struct {
	Version   int       `json:"version"`
	Name      string    `json:"name"`
	ChangedAt time.Time `json:"changed_at"`
}

var errNoCalendar = models.Refuse(models.CodeNotFound, "There is no such calendar.")

func (a *API) calendarVersions(ctx context.Context, id uuid.UUID) ([]queries.Calendar, error) {
	var rows []queries.Calendar
	org := callerOf(ctx).Org
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		rows, err = q.CalendarVersions(ctx, queries.CalendarVersionsParams{Org: org, ID: id})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	if len(rows) == 0 {
		return nil, errNoCalendar
	}
	return rows, nil
}

func (a *API) calendar(ctx context.Context, in *ByID) (*calendarOutput, error) {
	rows, err := a.calendarVersions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &calendarOutput{ETag: etag(int(rows[0].Version))}
	if out.Body.CalendarView, err = calendarView(rows[0]); err != nil {
		return nil, err
	}
	out.Body.Versions = []CalendarVersion{}
	for _, r := range rows {
		out.Body.Versions = append(out.Body.Versions, CalendarVersion{Version: int(r.Version), Name: r.Name, ChangedAt: r.CreatedAt})
	}
	return out, nil
}

// CalendarBody is a calendar as it is to be.
type CalendarBody struct {
	Calendar CalendarDef `json:"calendar"`
	Reason   string      `json:"reason" minLength:"1" maxLength:"10000"`
}

type newCalendarInput struct {
	Keyed
	Body CalendarBody
}

func (a *API) createCalendar(ctx context.Context, in *newCalendarInput) (*made, error) {
	c := callerOf(ctx)
	id := models.DeriveID("calendar", c.Org.String(), c.Person.ID.String(), in.Key)
	calendar, err := in.Body.Calendar.calendar(id)
	if err != nil {
		return nil, err
	}
	body := models.CalendarChange{Calendar: calendar, Reason: in.Body.Reason}
	return a.created(ctx, id, c.command(intended{name: "admin.calendar", key: in.Key, body: body}))
}

type calendarInput struct {
	ByID
	Keyed
	Versioned
	Body CalendarBody
}

// changeCalendar makes a calendar's next version. Steps that are open keep their instants.
func (a *API) changeCalendar(ctx context.Context, in *calendarInput) (*recorded, error) {
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	if _, err := a.calendarVersions(ctx, in.ID); err != nil {
		return nil, err
	}
	calendar, err := in.Body.Calendar.calendar(in.ID)
	if err != nil {
		return nil, err
	}
	body := models.CalendarChange{Calendar: calendar, Version: *seen, Reason: in.Body.Reason}
	return a.revised(ctx, *seen, callerOf(ctx).command(intended{name: "admin.calendar", route: "admin.calendar/" + in.ID.String(), key: in.Key, body: body}))
}

// revised answers a command that makes the next revision of what has no record, with its ETag.
func (a *API) revised(ctx context.Context, seen int, cmd models.Command) (*recorded, error) {
	out, err := a.give(ctx, cmd)
	if err != nil {
		return nil, err
	}
	out.ETag = etag(seen + 1)
	return out, nil
}
