// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// riskWithin is how close to its due date open work is at risk.
const riskWithin = 24 * time.Hour

// Levels counts open work against its due dates.
type Levels struct {
	OnTime   int64 `json:"on_time"`
	AtRisk   int64 `json:"at_risk" doc:"Due within 24 hours."`
	Breached int64 `json:"breached"`
}

// StepLevels are the service levels of one step at one site.
type StepLevels struct {
	Type  string `json:"type"`
	Step  string `json:"step"`
	Title string `json:"title"`
	Site  Place  `json:"site"`
	Levels
	OldestDue time.Time `json:"oldest_due"`
}

// OverdueRecords counts records past their due date at one site.
type OverdueRecords struct {
	Type      string    `json:"type"`
	Site      Place     `json:"site"`
	Overdue   int64     `json:"overdue"`
	OldestDue time.Time `json:"oldest_due"`
}

type slaOutput struct {
	Body struct {
		At      time.Time        `json:"at"`
		Total   Levels           `json:"total"`
		Steps   []StepLevels     `json:"steps"`
		Records []OverdueRecords `json:"overdue_records"`
	}
}

// sla counts the open work at the sites whose service levels the caller sees.
func (a *API) sla(ctx context.Context, _ *struct{}) (*slaOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "sla.read"); err != nil {
		return nil, err
	}
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	sites, everywhere := sitesOf(scope.Levels)
	out := &slaOutput{}
	out.Body.At = a.Now().UTC()
	out.Body.Steps, out.Body.Records = []StepLevels{}, []OverdueRecords{}
	err = a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		known, err := q.Sites(ctx, c.Org)
		if err != nil {
			return fmt.Errorf("read the sites: %w", err)
		}
		tasks, err := q.ServiceLevels(ctx, queries.ServiceLevelsParams{
			Org: c.Org, At: out.Body.At, Risk: out.Body.At.Add(riskWithin), Everywhere: everywhere, Sites: sites,
		})
		if err != nil {
			return fmt.Errorf("count open tasks: %w", err)
		}
		records, err := q.OverdueRecords(ctx, queries.OverdueRecordsParams{Org: c.Org, At: out.Body.At, Everywhere: everywhere, Sites: sites})
		if err != nil {
			return fmt.Errorf("count overdue records: %w", err)
		}
		out.fill(known, tasks, records)
		return nil
	})
	return out, err
}

func (out *slaOutput) fill(sites []queries.Site, tasks []queries.ServiceLevelsRow, records []queries.OverdueRecordsRow) {
	for _, t := range tasks {
		levels := Levels{OnTime: t.OnTime, AtRisk: t.AtRisk, Breached: t.Breached}
		out.Body.Steps = append(out.Body.Steps, StepLevels{
			Type: t.RecordType, Step: t.Step, Title: t.Title, Site: siteNamed(sites, t.Site), Levels: levels, OldestDue: t.OldestDue,
		})
		out.Body.Total.OnTime += t.OnTime
		out.Body.Total.AtRisk += t.AtRisk
		out.Body.Total.Breached += t.Breached
	}
	for _, r := range records {
		out.Body.Records = append(out.Body.Records, OverdueRecords{Type: r.Type, Site: siteNamed(sites, r.Site), Overdue: r.Overdue, OldestDue: r.OldestDue})
	}
}

func siteNamed(sites []queries.Site, id string) Place {
	i := slices.IndexFunc(sites, func(s queries.Site) bool { return s.ID == id })
	if i < 0 {
		return Place{ID: id}
	}
	return Place{ID: id, Name: sites[i].Name, Zone: sites[i].Zone}
}

// sitesOf are the sites that scope keys name, or all of them.
func sitesOf(keys []string) (sites []string, everywhere bool) {
	sites = []string{}
	for _, key := range keys {
		if site, ok := strings.CutPrefix(key, "site:"); ok {
			sites = append(sites, site)
		}
	}
	return sites, slices.Contains(keys, "all")
}

// may asks policy for something that concerns no record.
func (a *API) may(ctx context.Context, c *caller, action string) error {
	verdict, err := a.Policy.Decide(ctx, a.question(c, action))
	if err != nil {
		logger(ctx).ErrorContext(ctx, "policy gave no answer: denied", "action", action, "error", err)
	}
	if !verdict.Allow {
		return denied(verdict)
	}
	return nil
}

// question is what policy is asked about something that concerns no record.
func (a *API) question(c *caller, action string) models.Ask {
	return models.Ask{Action: action, At: a.Now(), Actor: c.Person, Done: []models.Performed{}}
}

func denied(v models.Verdict) error {
	return models.Refuse(models.CodeForbidden, "You may not do this.", v.Reasons...)
}
