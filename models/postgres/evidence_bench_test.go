// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres/queries"
)

// generated is how many events the benchmark adds, under one head for each hundred. Each has a policy decision of its own and a
// personal value, as one of Commit has.
const generated = 20_000

// generate writes a batch of events the way Commit does, but many in one statement, and seals it.
func (s *story) generate(n int) {
	s.t.Helper()
	ctx := context.Background()
	var events []models.AuditRow
	var personal []models.PersonalRow
	var decisions []models.PolicyRow
	at := time.Now().UTC().Truncate(time.Microsecond)
	input := models.MustJSON(models.Ask{Action: "record.comment", At: at, Actor: models.Person{ID: s.People["otto"], Name: "Otto Ostermann", Kind: models.KindPerson}})
	for range n {
		id, policy := models.NewID(), models.NewID()
		decided := models.PolicyDecision{ID: policy, Action: "record.comment", Revision: 1, Allow: true, Rule: "role:area_owner", Input: input}
		answer, err := ledger.Canonical(decided)
		require.NoError(s.t, err)
		salt := ledger.Salt(id)
		e := ledger.Event{
			V: ledger.LeafVersion, Org: s.Org, ID: id, At: at, Zone: "Europe/Berlin", Offset: ledger.Offset(at, time.UTC), Action: "record.comment",
			Outcome: ledger.OutcomeDone, Command: id, Actor: ledger.Actor{ID: s.People["otto"], Kind: ledger.ActorPerson, Role: "area_owner"},
			Source: ledger.Source{Kind: ledger.SourceUI, Device: "Blister hall terminal 3"}, Decision: policy, DecisionHash: ledger.ContentHash(answer), Revision: 1,
			Rule: decided.Rule, Reason: "The heating element was replaced; the line was released by maintenance at 07:40",
			Personal: ledger.Commitments{ledger.PersonalActorName: ledger.Commit(ledger.PersonalActorName, "Otto Ostermann", salt)},
		}
		leaf, err := e.Leaf()
		require.NoError(s.t, err)
		events = append(events, models.AuditRow{
			Org: s.Org, ID: id, Actor: e.Actor.ID, Action: e.Action, Outcome: e.Outcome, Command: id, Leaf: leaf, At: at,
		})
		personal = append(personal, models.PersonalRow{Org: s.Org, Event: id, Name: ledger.PersonalActorName, Value: "Otto Ostermann", Salt: salt[:]})
		decisions = append(decisions, models.PolicyRow{
			Org: s.Org, ID: policy, Action: decided.Action, Actor: e.Actor.ID, Revision: 1, Allow: true, Rule: decided.Rule, Reasons: []models.Reason{}, Bytes: answer, At: at,
		})
	}
	changes := models.MustJSON(map[string]any{"audit_events": events, "personal_values": personal, "policy_decisions": decisions})
	require.NoError(s.t, s.DB.InOrg(ctx, s.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "SELECT apply($1::jsonb)", []byte(changes))
		return err
	}))
	s.seal()
}

func BenchmarkVerifyDatabase(b *testing.B) {
	s := newStory(b, 20)
	for range generated / 100 {
		s.generate(100)
	}
	opts := s.trusting()
	opts.Checkpoint = s.head
	b.ReportAllocs()
	var events int64
	for b.Loop() {
		r := verify(b, s.DB.DB, s.Org, opts)
		require.True(b, r.OK, "%v", r.Findings)
		events = r.Counts.Events
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkReadLog is what reading the leaves alone costs, without verifying them.
func BenchmarkReadLog(b *testing.B) {
	s := newStory(b, 1)
	for range generated / 1000 {
		s.generate(1000)
	}
	n := 0
	for b.Loop() {
		source, err := s.DB.LogSource(context.Background(), s.Org)
		require.NoError(b, err)
		n = 0
		for leaf, err := range source.Leaves(context.Background()) {
			require.NoError(b, err)
			require.NotEqual(b, uuid.Nil, leaf.EventID)
			n++
		}
		source.Close(context.Background())
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
