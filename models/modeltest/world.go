// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package modeltest

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/packs"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
)

// Sites of the standard world.
var (
	Berlin   = models.DeriveID("site", "berlin").String()
	Brooklyn = models.DeriveID("site", "brooklyn").String()
)

// Password of everybody in the standard world.
const Password = "correct horse 7 battery"

// World is the one standard fixture: an organization with two sites and people of every role, and the Commit to act with.
type World struct {
	DB     *DB
	Commit *activities.Commit
	Keys   *ledger.KeyStore
	Policy *policies.Engine
	Hasher *auth.Hasher
	Data   string // folder of keys, laid out as a server's
	Org    uuid.UUID
	Slug   string
	People map[string]uuid.UUID // by username
}

// people of the standard world. Each of the quality unit's roles is held twice, so that four eyes can always be found.
var people = []struct {
	name  string
	kind  models.ActorKind
	roles []models.Grant
}{
	{"rita", models.KindPerson, []models.Grant{{Role: models.RoleReporter, Site: Berlin}}},
	{"otto", models.KindPerson, []models.Grant{{Role: models.RoleAreaOwner, Site: Berlin}}},
	{"olga", models.KindPerson, []models.Grant{{Role: models.RoleAreaOwner, Site: Brooklyn}}},
	{"hana", models.KindPerson, []models.Grant{{Role: models.RoleAreaHead, Site: Berlin}}},
	{"ines", models.KindPerson, []models.Grant{{Role: models.RoleInvestigator, Site: Berlin}}},
	{"quinn", models.KindPerson, []models.Grant{{Role: models.RoleQA, Site: models.AllSites}}},
	{"quentin", models.KindPerson, []models.Grant{{Role: models.RoleQA, Site: Berlin}}},
	{"qadir", models.KindPerson, []models.Grant{{Role: models.RoleQA, Site: Berlin}}},
	{"helga", models.KindPerson, []models.Grant{{Role: models.RoleQualityHead, Site: models.AllSites}}},
	{"hugo", models.KindPerson, []models.Grant{{Role: models.RoleQualityHead, Site: Berlin}}},
	{"max", models.KindPerson, []models.Grant{{Role: models.RoleManager, Site: Berlin}}},
	{"ivy", models.KindPerson, []models.Grant{{Role: models.RoleInspector, Site: models.AllSites}}},
	{"mes", models.KindService, []models.Grant{{Role: models.RoleIntegration, Site: Berlin}}},
}

// NewWorld makes the standard world in a database of the test's own. Types are run beside the deviation.
func NewWorld(t testing.TB, policy []policies.Option, types ...models.RecordType) *World {
	t.Helper()
	ctx := context.Background()
	w := &World{DB: NewDB(t), Org: models.NewID(), Slug: "acme-" + random(), People: map[string]uuid.UUID{}}
	var err error
	w.Policy, err = policies.New(ctx, policy...)
	require.NoError(t, err)
	w.Data = t.TempDir()
	w.Keys, err = ledger.OpenKeyStore(filepath.Join(w.Data, "keys", "signing"))
	require.NoError(t, err)
	w.Hasher, err = auth.NewHasher(auth.Params{Memory: 64, Time: 1, Threads: 1}, 4)
	require.NoError(t, err)
	forms, err := packs.Forms()
	require.NoError(t, err)
	w.Commit = &activities.Commit{
		Store: w.DB, Policy: w.Policy, Keys: w.Keys, Types: models.Types{models.Deviation.Name: models.Deviation}, Forms: forms,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, typ := range types {
		w.Commit.Types[typ.Name] = typ
	}
	w.found(ctx, t)
	return w
}

func (w *World) found(ctx context.Context, t testing.TB) {
	t.Helper()
	calendars := []models.Calendar{calendar("Berlin", "Europe/Berlin"), calendar("Brooklyn", "America/New_York")}
	what := activities.NewOrganization{Slug: w.Slug, Name: "Acme Pharma", Calendars: calendars, Sites: []postgres.SiteRow{
		{ID: Berlin, Name: "Berlin", Zone: "Europe/Berlin", Calendar: calendars[0].ID},
		{ID: Brooklyn, Name: "Brooklyn", Zone: "America/New_York", Calendar: calendars[1].ID},
	}}
	for _, name := range []string{"ada", "alan"} {
		id := models.DeriveID("user", w.Org.String(), name)
		w.People[name] = id
		what.Users = append(what.Users, models.NewUser{ID: id, Kind: models.KindPerson, Username: name, Name: fullName(name), Secrets: w.secrets(t, name, id)})
		what.Grants = append(what.Grants, models.PersonRef{User: id, Role: models.RoleAdmin, Site: models.AllSites})
	}
	require.NoError(t, w.Commit.Found(ctx, w.Org, what, w.Keys))
	for _, p := range people {
		staff := activities.Staff{Username: p.name, Name: fullName(p.name), Kind: p.kind, Grants: p.roles}
		if p.kind == models.KindPerson {
			staff.Secrets = func(id uuid.UUID) (*models.Secrets, error) { return w.secrets(t, p.name, id), nil }
		}
		id, err := w.Commit.Hire(ctx, w.Org, w.People["ada"], w.People["alan"], staff)
		require.NoError(t, err)
		w.People[p.name] = id
	}
}

func (w *World) secrets(t testing.TB, name string, id uuid.UUID) *models.Secrets {
	t.Helper()
	blank := models.Secrets{Org: w.Org, User: id, PasswordOld: []string{}}
	s, err := w.Hasher.FirstPassword(context.Background(), models.Person{ID: id, Username: name, Name: fullName(name)}, blank, Password, false, w.Commit.Now())
	require.NoError(t, err)
	return &s
}

func fullName(username string) string {
	return map[string]string{
		"ada": "Ada Admin", "alan": "Alan Admin", "rita": "Rita Reporter", "otto": "Otto Ostermann", "olga": "Olga Owens", "hana": "Hana Heller",
		"ines": "Ines Iglesias", "quinn": "Quinn Quist", "quentin": "Quentin Quade", "qadir": "Qadir Qureshi", "helga": "Helga Holm",
		"hugo": "Hugo Hartmann", "max": "Max Mahler", "ivy": "Ivy Irving", "mes": "Line control system",
	}[username]
}

// calendar works Monday to Friday from eight to five, but for Easter 2027.
func calendar(name, zone string) models.Calendar {
	day := models.Hours{{From: 8 * 60, To: 17 * 60}}
	return models.Calendar{
		ID: models.DeriveID("calendar", name), Name: name, Zone: zone, Week: [7]models.Hours{nil, day, day, day, day, day, nil},
		Holidays: []models.Holiday{{Date: "2027-03-26", Name: "Good Friday"}, {Date: "2027-03-29", Name: "Easter Monday"}}, Extra: []models.ExtraDay{},
	}
}
