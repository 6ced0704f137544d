// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// SimilarRecord is an earlier record of the twelve months before, at any site, that shares a product or the equipment.
type SimilarRecord struct {
	ID      uuid.UUID `json:"id" format:"uuid"`
	Number  string    `json:"number"`
	Title   string    `json:"title"`
	State   string    `json:"state"`
	Class   string    `json:"class"`
	Site    string    `json:"site"`
	AwareAt time.Time `json:"aware_at"`
	Matches []string  `json:"matches" enum:"product,equipment,cause" doc:"What both have in common."`
	Repeat  bool      `json:"repeat" doc:"It makes this record a repeat: the cause is the same, too."`
}

type similarOutput struct {
	Body struct {
		Items  []SimilarRecord `json:"items" doc:"The likeliest repeats first."`
		Hidden int             `json:"hidden" doc:"How many more there are that you may not see; they count all the same."`
	}
}

func (a *API) similar(ctx context.Context, in *ByID) (*similarOutput, error) {
	view, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	found, err := a.DB.Similar(ctx, c.Org, &view.Record)
	if err != nil {
		return nil, err
	}
	out := &similarOutput{}
	out.Body.Items = []SimilarRecord{}
	for _, s := range found {
		if !scope.Reads(s.Site, s.Owner, s.Reporter) {
			out.Body.Hidden++
			continue
		}
		out.Body.Items = append(out.Body.Items, SimilarRecord{
			ID: s.ID, Number: s.Number, Title: s.Title, State: s.State, Class: s.Class, Site: s.Site, AwareAt: s.AwareAt, Matches: s.Matches, Repeat: s.Repeated(),
		})
	}
	return out, nil
}
