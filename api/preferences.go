// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Preferences are how a person likes to work. They are nobody else's to see, change nothing that is evidence, and leave no
// trace in the audit trail.
type Preferences struct {
	AutoAdvance bool   `json:"auto_advance" doc:"After a decision the next open task opens by itself."`
	Shortcuts   bool   `json:"shortcuts" doc:"Single keys do things: a, r, j, k."`
	Language    string `json:"language" enum:"auto,en,ar" doc:"auto: as the browser says."`
	Theme       string `json:"theme" enum:"auto,light,dark,contrast"`
	Density     string `json:"density" enum:"comfortable,compact"`
}

// defaultPreferences are those of a person who has chosen nothing.
func defaultPreferences() Preferences {
	return Preferences{AutoAdvance: true, Shortcuts: true, Language: "auto", Theme: "auto", Density: "comfortable"}
}

// readPreferences are the person's, with defaults for what was not chosen, or not there to be chosen yet.
func readPreferences(ctx context.Context, q *queries.Queries, org, person uuid.UUID) (Preferences, error) {
	p := defaultPreferences()
	raw, err := q.Preferences(ctx, queries.PreferencesParams{Org: org, Person: person})
	if errors.Is(err, pgx.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read the preferences: %w", err)
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("read the preferences: %w", err)
	}
	return p, nil
}

type savePreferencesInput struct{ Body Preferences }

type preferencesOutput struct{ Body Preferences }

func (a *API) savePreferences(ctx context.Context, in *savePreferencesInput) (*preferencesOutput, error) {
	c := callerOf(ctx)
	err := a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		return q.SavePreferences(ctx, queries.SavePreferencesParams{
			Org: c.Org, Person: c.Person.ID, Settings: models.MustJSON(in.Body), At: a.Now(),
		})
	})
	if err != nil {
		return nil, fmt.Errorf("keep the preferences: %w", err)
	}
	return &preferencesOutput{Body: in.Body}, nil
}
