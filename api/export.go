// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// defaultExportRows is how many rows one file holds at most, unless the server says otherwise. A file that is cut there says so.
const defaultExportRows = 50_000

func (a *API) exportRows() int {
	if a.ExportRows > 0 {
		return a.ExportRows
	}
	return defaultExportRows
}

// Exported is how a list is asked for as a file.
type Exported struct {
	Format string `query:"format" enum:"csv,xlsx" default:"csv" doc:"At most 50000 rows, unless the server allows another number; a file that is cut there says so. In CSV, a text that a spreadsheet would take for a formula has an apostrophe before it."`
}

type recordsExportInput struct {
	Type string `query:"type" maxLength:"100"`
	RecordFilters
	Sort string `query:"sort" enum:"due,-due,created,-created,closed,-closed" default:"due"`
	Exported
}

type tasksExportInput struct {
	TaskFilters
	Sort string `query:"sort" enum:"due,-due,opened,-opened,completed,-completed"`
	Exported
}

type boardExportInput struct {
	BoardFilters
	Exported
}

func (a *API) exportRecords(ctx context.Context, in *recordsExportInput) (*huma.StreamResponse, error) {
	f, err := a.recordFilter(ctx, in.Type, in.RecordFilters)
	if err != nil {
		return nil, err
	}
	page, now := postgres.Page{Sort: recordSorts[in.Sort], Limit: a.exportRows()}, a.Now()
	return a.export(ctx, "records", in.Format, queryOf(*in), recordColumns, func(row func(...any) error) (bool, error) {
		zones := zones{}
		return a.DB.EachRecord(ctx, callerOf(ctx).Org, f, page, func(r *postgres.RecordItem) error {
			at := func(t *time.Time) string { return zones.in(r.Zone, t) }
			return row(r.Number, r.Type, r.Title, r.State, r.Class, r.SiteName, r.OwnerName, r.ReporterName, at(&r.DueAt),
				yesNo(overdue(r.ClosedAt, r.DueAt, now)), r.Extensions, at(r.HeldAt), r.LateSeconds, r.Version, yesNo(r.Migrated), at(&r.CreatedAt),
				at(&r.UpdatedAt), at(r.ClosedAt), r.ID.String())
		})
	})
}

var recordColumns = []string{
	"Number", "Type", "Title", "State", "Class", "Site", "Owner", "Reporter", "Due", "Overdue", "Extensions", "On hold since", "Late (s)",
	"Version", "Migrated", "Created", "Updated", "Closed", "Id",
}

func (a *API) exportTasks(ctx context.Context, in *tasksExportInput) (*huma.StreamResponse, error) {
	order, err := (&tasksInput{TaskFilters: in.TaskFilters, Sort: in.Sort}).order()
	if err != nil {
		return nil, err
	}
	f, err := a.taskFilter(ctx, in.TaskFilters)
	if err != nil {
		return nil, err
	}
	page, now := postgres.Page{Sort: taskSorts[order], Limit: a.exportRows()}, a.Now()
	return a.export(ctx, "tasks", in.Format, queryOf(*in), taskColumns, func(row func(...any) error) (bool, error) {
		zones := zones{}
		return a.DB.EachTask(ctx, callerOf(ctx).Org, f, page, func(r *postgres.TaskItem) error {
			at := func(t *time.Time) string { return zones.in(r.Zone, t) }
			late := r.State == models.TaskOpen && r.DueAt.Before(now)
			return row(r.RecordNumber, r.RecordTitle, r.RecordType, r.RecordClass, r.RecordState, r.Title, r.Step, r.Round, r.Kind, r.State, r.Outcome,
				r.SiteName, r.AssigneeName, r.OwnerName, r.RequesterName, r.RecordOwnerName, r.Priority, at(&r.OpenedAt), at(r.ClaimedAt), at(&r.DueAt),
				yesNo(late), at(r.FollowUpAt), at(r.CompletedAt), r.ID.String())
		})
	})
}

var taskColumns = []string{
	"Record", "Record title", "Record type", "Class", "Record state", "Task", "Step", "Round", "Kind", "State", "Outcome", "Site", "Held by",
	"Delegated by", "Asked for by", "Record owner", "Priority", "Opened", "Claimed", "Due", "Overdue", "Follow-up", "Decided", "Id",
}

func (a *API) exportBoard(ctx context.Context, in *boardExportInput) (*huma.StreamResponse, error) {
	board, err := a.readBoard(ctx, in.BoardFilters)
	if err != nil {
		return nil, err
	}
	// The period is told as it was counted, also where it was not asked for.
	filters := in.BoardFilters
	filters.From, filters.To = board.From, board.To
	return a.export(ctx, "board", in.Format, queryOf(boardExportInput{filters, in.Exported}), boardColumns, func(row func(...any) error) (bool, error) {
		return len(board.Cut) > 0, board.lines(row)
	})
}

// export sends a list as a file, and says in the audit trail what the file holds.
func (a *API) export(ctx context.Context, what, format, filter string, columns []string, fill func(row func(...any) error) (cut bool, err error)) (*huma.StreamResponse, error) {
	about, err := a.aboutExport(ctx, what, filter)
	if err != nil {
		return nil, err
	}
	name := what + "-" + a.Now().UTC().Format("20060102-150405") + "." + format
	return a.sendMade(ctx, outgoing{name: name, contentType: contentTypes[format], make: func(file *os.File) error {
		made, err := writeExport(file, format, what, about, columns, fill)
		if err != nil {
			return err
		}
		made.Filter = filter
		_, err = a.give(ctx, callerOf(ctx).command(intended{name: models.CommandExport, key: models.NewID().String(), body: made}))
		return err
	}})
}

// writeExport fills a file, and says how many rows it holds and what its hash is.
func writeExport(file io.Writer, format, what string, about [][2]string, columns []string, fill func(row func(...any) error) (bool, error)) (models.Export, error) {
	made := models.Export{What: what, Format: format}
	hash := sha256.New()
	table, err := newTable(format, io.MultiWriter(file, hash), what, about, columns)
	if err != nil {
		return made, fmt.Errorf("begin the export: %w", err)
	}
	made.Cut, err = fill(func(cells ...any) error {
		made.Rows++
		return table.row(cells)
	})
	if err = errors.Join(err, table.end(tail(made))); err != nil {
		return made, fmt.Errorf("write the export: %w", err)
	}
	made.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return made, nil
}

// tail says how many rows there were, and whether they are all.
func tail(made models.Export) [][2]string {
	lines := [][2]string{{"Rows", strconv.Itoa(made.Rows)}}
	switch {
	case made.Cut && made.What == "board":
		lines = append(lines, [2]string{"Cut", fmt.Sprintf("A table of the board has more than %d rows: only those with the highest counts are here.", postgres.BoardRows)})
	case made.Cut:
		lines = append(lines, [2]string{"Cut", fmt.Sprintf("The limit of %d rows was reached: there are more, and they are not here. Narrow the filter.", made.Rows)})
	}
	return lines
}

// aboutExport says whose data it is, who took it out, when and by which filter.
func (a *API) aboutExport(ctx context.Context, what, filter string) ([][2]string, error) {
	c := callerOf(ctx)
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	sees, _, err := a.sitesUnder(ctx, c, scope.Records)
	if err != nil {
		return nil, err
	}
	var org queries.Organization
	zone := ""
	err = a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		if org, err = q.Organization(ctx, c.Org); err != nil {
			return err
		}
		sites, err := q.Sites(ctx, c.Org)
		for _, site := range sites {
			if len(sees) == 1 && site.ID == sees[0] {
				zone = site.Zone
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read whose data it is: %w", err)
	}
	now := a.Now()
	limit := strconv.Itoa(a.exportRows()) + " rows"
	if what == "board" {
		limit = strconv.Itoa(postgres.BoardRows) + " rows a table"
	}
	return [][2]string{
		{"Organization", org.Name}, {"Exported", what}, {"Exported by", c.Person.Name + " (" + c.Person.Username + ")"},
		{"Exported at", zones{}.in(zone, &now)}, {"Filter", filter}, {"Limit", limit},
	}, nil
}

// zones remembers the zones of sites.
type zones map[string]*time.Location

// in is an instant as people of a site read it, with zone and offset; "" if there is none. Of a zone that is not known it is UTC.
func (z zones) in(name string, t *time.Time) string {
	if t == nil {
		return ""
	}
	if z[name] == nil {
		zone, err := time.LoadLocation(name)
		if err != nil {
			zone = time.UTC
		}
		z[name] = zone
	}
	return t.In(z[name]).Format("2 Jan 2006 15:04:05 MST (UTC-07:00)")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// queryOf is an input's query as it was asked, defaults included. It is told in the file and in the audit trail.
func queryOf(in any) string {
	q := url.Values{}
	addQuery(q, reflect.ValueOf(in))
	return q.Encode()
}

func addQuery(q url.Values, in reflect.Value) {
	for i := range in.NumField() {
		field, value := in.Type().Field(i), in.Field(i)
		name := field.Tag.Get("query")
		if field.Anonymous {
			addQuery(q, value)
			continue
		}
		if name == "" || name == "format" || value.IsZero() {
			continue
		}
		switch v := value.Interface().(type) {
		case time.Time:
			q.Set(name, instant(v))
		case uuid.UUID:
			q.Set(name, v.String())
		case []string:
			q.Set(name, strings.Join(v, ","))
		default:
			q.Set(name, fmt.Sprint(v))
		}
	}
}
