// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Me is who asks, what he holds, and whether he may sign.
type Me struct {
	ID           uuid.UUID      `json:"id" format:"uuid"`
	Kind         string         `json:"kind" enum:"person,service"`
	Username     string         `json:"username"`
	Name         string         `json:"name"`
	Grants       []models.Grant `json:"grants"`
	Organization Organization   `json:"organization"`
	Sites        []Place        `json:"sites" doc:"All of the organization's: grants name them by id."`
	Session      MySession      `json:"session"`
	MustChange   bool           `json:"must_change" doc:"The password has to be changed before anything else."`
	Signing      MySigning      `json:"signing"`
	Statement    MyStatement    `json:"statement"`
	Preferences  Preferences    `json:"preferences"`
}

// Organization is the tenant, with the settings that its people see the effect of.
type Organization struct {
	ID            uuid.UUID `json:"id" format:"uuid"`
	Slug          string    `json:"slug"`
	Name          string    `json:"name"`
	Label         string    `json:"label,omitempty" doc:"Shown beside the name."`
	SignatureRule string    `json:"signature_rule" enum:"strict,session" doc:"strict: all components at every signing (11.200(a)(1)(ii))."`
	TOTPRequired  bool      `json:"totp_required"`
}

// MySession is the session of the request.
type MySession struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"cookie,bearer,api_key"`
	StartedAt time.Time `json:"started_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// MySigning says whether the person may sign, with what, and what is in the way.
type MySigning struct {
	Ready      bool            `json:"ready"`
	BlockedBy  []models.Reason `json:"blocked_by" doc:"Each says who can mend it."`
	Components []string        `json:"components" doc:"What a signature asks for now."`
}

// MyStatement is the accountability statement (11.10(j)).
type MyStatement struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Signed bool   `json:"signed"`
}

type meOutput struct{ Body Me }

func (a *API) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	c := callerOf(ctx)
	var org queries.Organization
	var sites []queries.Site
	var credential queries.MyCredentialRow
	var preferences Preferences
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if org, err = q.Organization(ctx, c.Org); err != nil {
			return fmt.Errorf("read the organization: %w", err)
		}
		if sites, err = q.Sites(ctx, c.Org); err != nil {
			return fmt.Errorf("read the sites: %w", err)
		}
		credential, err = q.MyCredential(ctx, queries.MyCredentialParams{Org: c.Org, Person: c.Person.ID})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) { // a service account has none
			return fmt.Errorf("read the credentials: %w", err)
		}
		preferences, err = readPreferences(ctx, q, c.Org, c.Person.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	var settings models.OrgSettings
	if err := json.Unmarshal(org.Settings, &settings); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	signing, err := a.signingOf(ctx, c.Person, settings, c.MustChange, credential.TotpConfirmed)
	if err != nil {
		return nil, err
	}
	statement := auth.AccountabilityStatement
	me := Me{
		ID: c.Person.ID, Kind: string(c.Person.Kind), Username: c.Person.Username, Name: c.Person.Name, Grants: c.Person.Grants,
		Organization: Organization{
			ID: org.OrgID, Slug: org.Slug, Name: org.Name, Label: settings.Label, SignatureRule: ruleOf(settings), TOTPRequired: settings.TOTPRequired,
		},
		Sites: placesOf(sites), Session: MySession{ID: c.ID, Kind: c.Kind, StartedAt: c.StartedAt, ExpiresAt: c.ExpiresAt},
		MustChange: c.MustChange, Signing: signing,
		Statement:   MyStatement{ID: statement.ID, Text: statement.Text, Signed: c.Person.StatementSigned},
		Preferences: preferences,
	}
	return &meOutput{Body: me}, nil
}

func ruleOf(settings models.OrgSettings) string {
	if settings.SignatureRule == "session" {
		return "session"
	}
	return "strict"
}

func placesOf(sites []queries.Site) []Place {
	places := make([]Place, len(sites))
	for i, s := range sites {
		places[i] = Place{ID: s.ID, Name: s.Name, Zone: s.Zone}
	}
	return places
}

// personal are the rules that speak of the person and not of a task.
var personalRules = []string{"S6", "service", "statement", "identity", "credential", "letter", "inactive", "locked"}

// signingOf asks policy what it would say of any signing of a person's, and keeps what is about the person.
func (a *API) signingOf(ctx context.Context, person models.Person, settings models.OrgSettings, mustChange, token bool) (MySigning, error) {
	ask := models.Ask{Action: "task.sign", At: a.Now(), Actor: person, Signing: true, Org: settings, Done: []models.Performed{}}
	verdict, err := a.Policy.Decide(ctx, ask)
	if err != nil {
		return MySigning{}, err
	}
	components, err := a.Policy.Components(ctx, ask)
	if err != nil {
		return MySigning{}, err
	}
	s := MySigning{BlockedBy: []models.Reason{}, Components: components}
	for _, reason := range verdict.Reasons {
		if slices.Contains(personalRules, reason.Rule) {
			s.BlockedBy = append(s.BlockedBy, reason)
		}
	}
	if mustChange {
		s.BlockedBy = append(s.BlockedBy, models.Reason{Rule: models.RuleMustChange, Text: "The password was given by an administrator: its owner changes it first."})
	}
	if slices.Contains(components, models.ComponentTOTP) && !token {
		s.BlockedBy = append(s.BlockedBy, models.Reason{Rule: models.RuleTOTPMissing, Text: "There is no tested one-time code token: its owner enrols one in the profile."})
	}
	s.Ready = len(s.BlockedBy) == 0
	return s, nil
}
