// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// apiKeyLife is how long the key of a demo's service account lasts.
const apiKeyLife = 360 * 24 * time.Hour

// house is an organization to be founded with demo accounts: where it works and who works there. Its first two people are the
// administrators.
type house struct {
	slug, name string
	settings   models.OrgSettings
	sites      []houseSite
	people     []employee
	service    employee // the service account, which gets an API key
	oneTime    string   // username of the person who gets a one-time code token; "" for nobody
}

type houseSite struct {
	id, name, zone string
	week           [7]models.Hours
	holidays       []models.Holiday
}

type employee struct {
	username, name string
	role           models.Role
	site           string
}

// founder founds a house in the database of a server. Everything goes through Commit, as an administrator's work does.
type founder struct {
	*server
	hasher *auth.Hasher
	house  house
	org    uuid.UUID
	state  *demoState
}

// found makes sure that the organization is there with all of its people, and returns what was told only once: the API key
// and the one-time code secret, kept in the data folder. Founding again changes nothing.
func found(ctx context.Context, s *server, h house) (*demoState, error) {
	hasher, err := auth.NewHasher(auth.DefaultParams, 0)
	if err != nil {
		return nil, err
	}
	f := &founder{server: s, hasher: hasher, house: h}
	if f.state, err = readDemoState(s.cfg.Data, h.slug); err != nil {
		return nil, err
	}
	if err := f.organization(ctx); err != nil {
		return nil, fmt.Errorf("found %s: %w", h.name, err)
	}
	if f.state.Org != f.org { // of an earlier database
		f.state = &demoState{Org: f.org, path: f.state.path}
	}
	for _, step := range []func(context.Context) error{f.staff, f.token, f.apiKey} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("found %s: %w", h.name, err)
		}
	}
	return f.state, nil
}

func (f *founder) organization(ctx context.Context) error {
	org, err := f.db.Organization(ctx, f.house.slug)
	if err == nil {
		f.org = org
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for the organization: %w", err)
	}
	f.org = models.NewID()
	what := activities.NewOrganization{Slug: f.house.slug, Name: f.house.name, Settings: f.house.settings}
	for _, s := range f.house.sites {
		calendar := models.Calendar{
			ID: models.DeriveID("calendar", f.org.String(), s.id), Name: s.name, Zone: s.zone, Week: s.week, Holidays: s.holidays, Extra: []models.ExtraDay{},
		}
		what.Calendars = append(what.Calendars, calendar)
		what.Sites = append(what.Sites, postgres.SiteRow{ID: s.id, Name: s.name, Zone: s.zone, Calendar: calendar.ID})
	}
	for _, p := range f.house.people[:2] {
		id := f.idOf(p.username)
		secrets, err := f.secrets(ctx, p, id)
		if err != nil {
			return err
		}
		what.Users = append(what.Users, models.NewUser{ID: id, Kind: models.KindPerson, Username: p.username, Name: p.name, Secrets: secrets})
		what.Grants = append(what.Grants, models.PersonRef{User: id, Role: p.role, Site: p.site})
	}
	return f.commit.Found(ctx, f.org, what, f.keys.Signing)
}

// staff takes on everybody who is not there yet. An administrator takes on the people, and they sign their statement.
func (f *founder) staff(ctx context.Context) error {
	for _, p := range f.house.people[2:] {
		if err := f.hire(ctx, p, models.KindPerson); err != nil {
			return err
		}
	}
	return f.hire(ctx, f.house.service, models.KindService)
}

func (f *founder) hire(ctx context.Context, p employee, kind models.ActorKind) error {
	known, err := f.person(ctx, p.username)
	if err != nil {
		return err
	}
	if known != nil {
		if kind == models.KindPerson && !known.StatementSigned {
			return fmt.Errorf("taking on %s was interrupted: begin anew with an empty database", p.username)
		}
		return nil
	}
	who := activities.Staff{Username: p.username, Name: p.name, Kind: kind, Grants: []models.Grant{{Role: p.role, Site: p.site}}}
	if kind == models.KindPerson {
		who.Secrets = func(id uuid.UUID) (*models.Secrets, error) { return f.secrets(ctx, p, id) }
	}
	_, err = f.commit.Hire(ctx, f.org, f.idOf(f.house.people[0].username), f.idOf(f.house.people[1].username), who)
	return err
}

func (f *founder) idOf(username string) uuid.UUID { return userID(f.org, username) }

// userID is the id that Hire gives a person.
func userID(org uuid.UUID, username string) uuid.UUID {
	return models.DeriveID("user", org.String(), username)
}

func (f *founder) person(ctx context.Context, username string) (*models.Person, error) {
	c, err := f.credential(ctx, username)
	if err != nil {
		return nil, err
	}
	return c.Person, nil
}

func (f *founder) credential(ctx context.Context, username string) (*models.Credential, error) {
	return f.db.Credential(ctx, f.org, uuid.Nil, username, uuid.Nil, time.Now())
}

func (f *founder) secrets(ctx context.Context, p employee, id uuid.UUID) (*models.Secrets, error) {
	person := models.Person{ID: id, Username: p.username, Name: p.name}
	secrets, err := f.hasher.FirstPassword(ctx, person, models.Secrets{Org: f.org, User: id, PasswordOld: []string{}}, demoPassword, false, time.Now())
	return &secrets, err
}

// token enrols one-time codes for one person, tests them with one code, as everybody's token is, and stores them as their owner.
func (f *founder) token(ctx context.Context) error {
	if f.house.oneTime == "" {
		return nil
	}
	c, err := f.credential(ctx, f.house.oneTime)
	if err != nil || c.Secrets.TOTPConfirmed {
		return err
	}
	enrolled, token, err := f.keys.Box.EnrolTOTP(*c.Secrets, f.house.name, f.house.oneTime)
	if err != nil {
		return err
	}
	f.state.OneTimeSecret = token.Secret
	if err := f.state.save(); err != nil {
		return err
	}
	if err := f.give(ctx, c.Person.ID, "totp.begin", models.PersonRef{User: c.Person.ID, Secrets: &enrolled}); err != nil {
		return err
	}
	// The test spends the code before the present one, which is left for the first login.
	at := time.Now()
	code, err := totp.GenerateCode(token.Secret, at.Add(-30*time.Second))
	if err != nil {
		return fmt.Errorf("compute a one-time code: %w", err)
	}
	service := &auth.Service{Store: f.db, Committer: f.commit, Box: f.keys.Box, Now: func() time.Time { return at }}
	confirmed, err := service.ConfirmTOTP(ctx, enrolled, code)
	if err != nil {
		return err
	}
	return f.give(ctx, c.Person.ID, "totp.confirm", models.PersonRef{User: c.Person.ID, Secrets: &confirmed})
}

// apiKey makes a key for the service account where the one that was told is not known here, or about to end.
func (f *founder) apiKey(ctx context.Context) error {
	now := time.Now()
	if f.state.APIKey != "" && f.state.APIKeyEnds.Sub(now) > 24*time.Hour {
		return nil
	}
	account, err := f.person(ctx, f.house.service.username)
	if err != nil {
		return err
	}
	key, start, err := auth.NewAPIKey(f.org, *account, "demo", now.Add(apiKeyLife), now)
	if err != nil {
		return err
	}
	if err := f.give(ctx, f.idOf(f.house.people[0].username), "admin.api_key_create", start); err != nil {
		return err
	}
	f.state.APIKey, f.state.APIKeyEnds = key, start.ExpiresAt
	return f.state.save()
}

// give runs a command that must be accepted.
func (f *founder) give(ctx context.Context, actor uuid.UUID, name string, body any) error {
	raw := models.MustJSON(body)
	hash := ledger.ContentHash(raw)
	receipt, err := f.commit.Commit(ctx, models.Command{
		ID: models.NewID(), Org: f.org, Actor: actor, Name: name, Source: models.Source{Kind: ledger.SourceSystem}, Body: raw, Fingerprint: hash[:],
	})
	if err != nil {
		return err
	}
	if receipt.Refused != nil {
		return fmt.Errorf("%s: %w", name, receipt.Refused)
	}
	return nil
}
