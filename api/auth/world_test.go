// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/hotp"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

const (
	goodPassword = "plum-tarpaulin-93-orbit"
	lockAfter    = 5
)

var cheap = Params{Memory: 8, Time: 1, Threads: 1}

func newHasher(t testing.TB, slots int) *Hasher {
	t.Helper()
	h, err := NewHasher(cheap, slots)
	require.NoError(t, err)
	return h
}

// count makes h tell how many keys it derived.
func count(h *Hasher) func() int {
	var mu sync.Mutex
	n, derive := 0, h.derive
	h.derive = func(password, salt []byte, p Params, length uint32) []byte {
		mu.Lock()
		n++
		mu.Unlock()
		return derive(password, salt, p, length)
	}
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

// memory is one organization in memory, with the rules of the database's functions: it stores and it commits.
type memory struct {
	mu       sync.Mutex
	now      time.Time
	org      uuid.UUID
	settings models.OrgSettings
	people   map[uuid.UUID]*models.Person
	secrets  map[uuid.UUID]*models.Secrets
	failures map[uuid.UUID]int
	sessions map[string]*memorySession
	receipts map[uuid.UUID]*models.StoredReceipt
	commits  []models.Command
	fail     error // what Commit answers with
}

type memorySession struct {
	start models.SessionStart
	seen  time.Time
	ended bool
}

func (m *memory) Organization(_ context.Context, slug string) (uuid.UUID, error) {
	if slug != "acme" {
		return uuid.Nil, sql.ErrNoRows
	}
	return m.org, nil
}

func (m *memory) Credential(_ context.Context, org, user uuid.UUID, username string, command uuid.UUID, _ time.Time) (*models.Credential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &models.Credential{Settings: m.settings, Stored: m.receipts[command]}
	for id, p := range m.people {
		if org == m.org && (id == user || user == uuid.Nil && p.Username == username) {
			person := *p
			c.Person = &person
			if s := m.secrets[id]; s != nil {
				secrets := *s
				c.Secrets = &secrets
			}
		}
	}
	return c, nil
}

func (m *memory) UseTOTP(_ context.Context, _, user uuid.UUID, step int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.secrets[user]
	if s == nil || step <= s.TOTPLast {
		return false, nil
	}
	s.TOTPLast = step
	return true, nil
}

func (m *memory) Session(_ context.Context, org uuid.UUID, hash []byte, at time.Time, _ uuid.UUID, background bool) (*models.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[string(hash)]
	if s == nil || org != m.org || s.ended || !at.Before(s.start.ExpiresAt) {
		return nil, nil
	}
	if idle := time.Duration(s.start.IdleSeconds) * time.Second; idle > 0 && !at.Before(s.seen.Add(idle)) {
		return nil, nil
	}
	if !background {
		s.seen = at
	}
	p := m.people[s.start.User]
	if !p.Active || p.Locked {
		return nil, nil
	}
	return &models.Session{ID: s.start.ID.String(), Org: org, Person: *p, Kind: s.start.Kind, ExpiresAt: s.start.ExpiresAt, Settings: m.settings}, nil
}

func (m *memory) Commit(_ context.Context, c models.Command) (models.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return models.Receipt{}, m.fail
	}
	m.commits = append(m.commits, c)
	receipt := models.Receipt{Command: c.ID, At: m.now, Refused: c.Refusal}
	if c.Refusal != nil {
		m.refuse(c)
		return receipt, nil
	}
	switch c.Name {
	case models.CommandSessionStart:
		if m.people[c.Actor].Locked {
			receipt.Refused = models.Refuse(models.CodeUnauthenticated, "locked meanwhile")
			return receipt, nil
		}
		var start models.SessionStart
		if err := json.Unmarshal(c.Body, &start); err != nil {
			return receipt, err
		}
		m.failures[c.Actor] = 0
		m.sessions[string(start.TokenHash)] = &memorySession{start: start, seen: m.now}
	case models.CommandSessionEnd:
		var end models.SessionEnd
		if err := json.Unmarshal(c.Body, &end); err != nil {
			return receipt, err
		}
		for _, s := range m.sessions {
			s.ended = s.ended || s.start.ID.String() == end.ID
		}
	}
	return receipt, nil
}

func (m *memory) refuse(c models.Command) {
	if !models.CountsAsFailure(c.Refusal.Reasons[0].Rule) {
		return
	}
	m.failures[c.Actor]++
	m.people[c.Actor].Locked = m.people[c.Actor].Locked || m.failures[c.Actor] >= lockAfter
}

// world is a Service over one organization with one person, who has a password, and one service account.
type world struct {
	*Service
	*memory
	anna    *models.Person
	robot   *models.Person
	secrets *models.Secrets // Anna's
	derived func() int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := t.Context()
	anna := &models.Person{ID: models.NewID(), Kind: models.KindPerson, Username: "akowalska", Name: "Anna Kowalska", Active: true}
	robot := &models.Person{ID: models.NewID(), Kind: models.KindService, Username: "lims", Name: "LIMS", Active: true}
	m := &memory{
		now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), org: models.NewID(),
		people:   map[uuid.UUID]*models.Person{anna.ID: anna, robot.ID: robot},
		failures: map[uuid.UUID]int{}, sessions: map[string]*memorySession{}, receipts: map[uuid.UUID]*models.StoredReceipt{},
	}
	h := newHasher(t, 2)
	secrets, err := h.FirstPassword(ctx, *anna, models.Secrets{Org: m.org, User: anna.ID}, goodPassword, false, m.now.AddDate(0, -1, 0))
	require.NoError(t, err)
	m.secrets = map[uuid.UUID]*models.Secrets{anna.ID: &secrets}
	box, err := NewSecretBox(make([]byte, 32))
	require.NoError(t, err)
	return &world{
		Service: &Service{
			Store: m, Committer: m, Hasher: h, Box: box, Log: NewSecurityLog(slog.New(slog.DiscardHandler)),
			Now: func() time.Time { return m.now }, FailureTime: time.Nanosecond,
		},
		memory: m, anna: anna, robot: robot, secrets: &secrets, derived: count(h),
	}
}

func (w *world) login(username, password, code string) LoginRequest {
	return LoginRequest{
		Organization: "acme", Username: username, Password: password, TOTP: code, Kind: models.SessionCookie,
		Source: models.Source{Kind: "ui", Address: "192.0.2.7", Device: "device-1"},
	}
}

// enrol gives Anna a tested token and returns how to compute its code of a time step relative to now.
func (w *world) enrol(t testing.TB) (code func(offset int64) string) {
	t.Helper()
	pending, e, err := w.Box.EnrolTOTP(*w.secrets, "Acme", w.anna.Username)
	require.NoError(t, err)
	*w.secrets = pending
	code = func(offset int64) string {
		text, err := hotp.GenerateCodeCustom(e.Secret, uint64(w.now.Unix()/totpPeriod+offset), hotpOpts)
		require.NoError(t, err)
		return text
	}
	confirmed, err := w.ConfirmTOTP(t.Context(), *w.secrets, code(0))
	require.NoError(t, err)
	*w.secrets = confirmed
	w.now = w.now.Add(10 * time.Minute)
	return code
}

func (w *world) session() *models.Session {
	return &models.Session{ID: "session-1", Org: w.org, Person: *w.anna, Kind: models.SessionCookie}
}

func requireCode(t testing.TB, err error, code models.Code) *models.Error {
	t.Helper()
	e, ok := models.AsError(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, code, e.Code)
	return e
}

func requireField(t testing.TB, err error, path, code string) {
	t.Helper()
	e := requireCode(t, err, models.CodeInvalid)
	require.Len(t, e.Fields, 1)
	require.Equal(t, path, e.Fields[0].Path)
	require.Equal(t, code, e.Fields[0].Code)
}

func rules(e *models.Error) (rules []string) {
	for _, r := range e.Reasons {
		rules = append(rules, r.Rule)
	}
	return rules
}
