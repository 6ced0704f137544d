// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Settings are the organization's choices, and its letter to the agency.
type Settings struct {
	models.Choices
	Revision int         `json:"revision" doc:"Of the settings: send it as If-Match."`
	Label    string      `json:"label,omitempty" doc:"Shown beside the organization's name."`
	Demo     bool        `json:"demo" doc:"Everybody knows its passwords."`
	Letter   *LetterView `json:"letter,omitempty" doc:"Absent until it is recorded."`
}

// LetterView is the certification of 21 CFR 11.100(c).
type LetterView struct {
	Reference  string    `json:"reference"`
	SentOn     string    `json:"sent_on" format:"date"`
	RecordedBy Named     `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
}

type settingsOutput struct {
	ETag string `header:"ETag"`
	Body Settings
}

func (a *API) settings(ctx context.Context, _ *struct{}) (*settingsOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "settings.read"); err != nil {
		return nil, err
	}
	var org queries.Organization
	var letter *LetterView
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if org, err = q.Organization(ctx, c.Org); err != nil || org.Letter == nil {
			return err
		}
		letter, err = letterOf(ctx, q, org)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	var settings models.OrgSettings
	if err := json.Unmarshal(org.Settings, &settings); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	return &settingsOutput{ETag: etag(int(org.Revision)), Body: Settings{
		Choices: models.ChoicesOf(settings), Revision: int(org.Revision), Label: settings.Label, Demo: settings.Demo, Letter: letter,
	}}, nil
}

func letterOf(ctx context.Context, q *queries.Queries, org queries.Organization) (*LetterView, error) {
	var l models.Letter
	if err := json.Unmarshal(org.Letter, &l); err != nil {
		return nil, fmt.Errorf("read the letter: %w", err)
	}
	by, err := q.UserName(ctx, queries.UserNameParams{Org: org.OrgID, ID: l.RecordedBy})
	if err != nil {
		return nil, fmt.Errorf("read who recorded the letter: %w", err)
	}
	return &LetterView{Reference: l.Reference, SentOn: l.SentOn, RecordedBy: Named{ID: by.ID, Name: by.Name}, RecordedAt: l.RecordedAt}, nil
}

type settingsInput struct {
	Keyed
	Versioned
	Body struct {
		models.Choices
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// changeSettings sets all of the organization's choices, on the revision that the caller saw.
func (a *API) changeSettings(ctx context.Context, in *settingsInput) (*recorded, error) {
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	body := models.SettingsChange{Revision: *seen, Choices: in.Body.Choices, Reason: in.Body.Reason}
	return a.revised(ctx, *seen, callerOf(ctx).command(intended{name: "admin.settings", key: in.Key, body: body}))
}

type letterInput struct {
	Keyed
	Body struct {
		Reference string `json:"reference" minLength:"1" maxLength:"200" doc:"By which the letter can be found."`
		SentOn    string `json:"sent_on" format:"date" doc:"The day on the letter."`
	}
}

// recordLetter records the certification that electronic signatures here bind as handwritten ones do (11.100(c)).
func (a *API) recordLetter(ctx context.Context, in *letterInput) (*recorded, error) {
	return a.give(ctx, callerOf(ctx).command(intended{name: "admin.letter", key: in.Key, body: models.NewLetter(in.Body)}))
}
