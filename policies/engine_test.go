// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

const (
	basel = "0192a000-0000-7000-8000-00000000ba5e"
	lyon  = "0192a000-0000-7000-8000-000000001709"
)

// newEngine waits longer than in production: a machine that is busy with other tests stops for long.
func newEngine(tb testing.TB, opts ...Option) *Engine {
	tb.Helper()
	engine, err := New(tb.Context(), append([]Option{WithTimeout(time.Minute)}, opts...)...)
	require.NoError(tb, err)
	return engine
}

// person is fit to sign and holds the roles at Basel.
func person(name string, roles ...models.Role) models.Person {
	p := models.Person{
		ID: models.DeriveID("person", name), Kind: models.KindPerson, Username: name, Name: name, Active: true,
		StatementSigned: true, IdentityVerified: true, Grants: []models.Grant{},
	}
	for _, role := range roles {
		p.Grants = append(p.Grants, models.Grant{Role: role, Site: basel})
	}
	return p
}

func deviation() *models.RecordFacts {
	at := time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)
	return &models.RecordFacts{
		ID: models.DeriveID("record"), Type: "deviation", Class: "major", State: "assessed", Site: basel,
		Owner: person("owner").ID, Reporter: person("reporter").ID, Involved: []uuid.UUID{person("operator").ID},
		Flags: map[string]bool{"external": false}, AwareAt: at, OpenedAt: at.Add(time.Hour), DueAt: at.AddDate(0, 0, 30),
	}
}

// finalApproval is a decision on the last approval of a record that went through all its steps.
func finalApproval(actor models.Person) models.Ask {
	did := func(step, who string) models.Performed {
		return models.Performed{Step: step, Round: 1, Kind: models.KindTask, Person: person(who).ID}
	}
	return models.Ask{
		Action: "task.complete", At: time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC), Actor: actor, Record: deviation(),
		Task: &models.TaskFacts{
			ID: models.DeriveID("task"), Step: "final_approval", Round: 1, Kind: models.KindApproval, State: models.TaskOpen,
			Assignee: &actor.ID, Candidates: []string{models.RoleKey(models.RoleQA, basel), models.RoleKey(models.RoleQA, models.AllSites)},
			Barred: []uuid.UUID{}, Meaning: "final_approval",
		},
		Done: []models.Performed{
			did("report", "reporter"), did("triage", "owner"), did("assessment", "owner"), did("assessment_approval", "quinn"),
			did("investigation", "ina"), did("technical_approval", "hedda"), did("disposition", "quinn"), did("capa_decision", "owner"),
			did("audit_trail_review", "rolf"),
		},
		Org: models.OrgSettings{SignatureRule: "strict"},
	}
}

func rules(v models.Verdict) []string {
	names := []string{}
	for _, r := range v.Reasons {
		names = append(names, r.Rule)
	}
	return names
}

func TestDecide(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	qa := person("quentin", models.RoleQA)
	for _, tc := range []struct {
		name   string
		change func(*models.Ask)
		allow  bool
		rule   string
		all    []string
	}{
		{"a quality approver closes", func(*models.Ask) {}, true, "assignee", []string{}},
		{"the investigator does not", func(a *models.Ask) { a.Done[4].Person = qa.ID }, false, "S1", []string{"S1"}},
		{"the technical approver does not", func(a *models.Ask) { a.Done[5].Person = qa.ID }, false, "S2", []string{"S2"}},
		{"an involved person does not", func(a *models.Ask) { a.Record.Involved[0] = qa.ID }, false, "S1", []string{"S1"}},
		{"nor for the reporter", func(a *models.Ask) {
			reporter := person("reporter", models.RoleQA)
			reporter.Absent, a.Behalf = true, &reporter
		}, false, "S9", []string{"S9"}},
		{"nor twice", func(a *models.Ask) {
			a.Done = append(a.Done, models.Performed{Step: "final_approval", Round: 1, Kind: models.KindApproval, Person: qa.ID, Signed: true})
		}, false, "quorum", []string{"quorum"}},
		{"nor without his role", func(a *models.Ask) { a.Actor.Grants = nil }, false, "S8", []string{"S8", "eligible"}},
		{"nor as administrator", func(a *models.Ask) {
			a.Actor.Grants = append(a.Actor.Grants, models.Grant{Role: models.RoleAdmin, Site: models.AllSites})
		}, false, "S6", []string{"S6"}},
		{"nor locked and reset", func(a *models.Ask) { a.Actor.Locked, a.Actor.CredentialReset = true, true }, false, "credential",
			[]string{"credential", "locked"}},
		{"nor as a service account", func(a *models.Ask) { a.Actor.Kind = models.KindService }, false, "service", []string{"service", "service"}},
		{"nor without the letter", func(a *models.Ask) { a.Org.LetterRequired = true }, false, "letter", []string{"letter"}},
		{"nor when it is done", func(a *models.Ask) { a.Task.State = models.TaskDone }, false, "state", []string{"state"}},
		{"nor somebody else's", func(a *models.Ask) { a.Task.Assignee = &a.Record.Owner }, false, "authority", []string{"authority"}},
		{"and nothing unheard of", func(a *models.Ask) { a.Action = "task.burn" }, false, "unknown_action", []string{"unknown_action"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ask := finalApproval(qa)
			tc.change(&ask)
			verdict, err := engine.Decide(t.Context(), ask)
			require.NoError(t, err)
			require.Equal(t, tc.all, rules(verdict))
			require.Equal(t, tc.rule, verdict.Rule)
			require.Equal(t, tc.allow, verdict.Allow)
			require.Equal(t, engine.Revision(), verdict.Revision)
			require.Equal(t, uuid.Version(7), verdict.ID.Version())
			digest := sha256.Sum256(Canonical(ask))
			require.Equal(t, digest[:], verdict.Digest)
			require.Positive(t, verdict.Took)
		})
	}
}

func TestDecideFailsClosed(t *testing.T) {
	t.Parallel()
	module, err := ast.ParseModule("odd.rego", `package odd

slow if {
	some n in numbers.range(1, 10000000)
	n < 0
}

torn := 1 if input.action

torn := 2 if input.actor

silent if input.action == "silence"`)
	require.NoError(t, err)
	compiler, err := compileModules(map[string]*ast.Module{"odd.rego": module})
	require.NoError(t, err)
	odd := &bundle{compiler: compiler, store: inmem.New()}
	for path, want := range map[string]string{
		"data.odd.slow": "longer than 20ms", "data.odd.torn": "conflict", "data.odd.silent": ErrUndefined.Error(),
	} {
		engine := newEngine(t)
		engine.decision, err = odd.prepare(t.Context(), path, 20*time.Millisecond)
		require.NoError(t, err)
		verdict, err := engine.Decide(t.Context(), finalApproval(person("quentin", models.RoleQA)))
		require.ErrorContains(t, err, want)
		requireUnavailable(t, verdict)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	verdict, err := newEngine(t).Decide(ended, finalApproval(person("quentin", models.RoleQA)))
	require.ErrorIs(t, err, context.Canceled)
	requireUnavailable(t, verdict)

	verdict, err = newEngine(t).Decide(t.Context(), models.Ask{})
	require.NoError(t, err)
	require.False(t, verdict.Allow, "nothing asked, nothing allowed")
}

func requireUnavailable(t *testing.T, verdict models.Verdict) {
	t.Helper()
	require.False(t, verdict.Allow)
	require.Equal(t, RuleUnavailable, verdict.Rule)
	require.Len(t, verdict.Reasons, 1)
	require.Len(t, verdict.Digest, sha256.Size)
	require.NotEqual(t, uuid.Nil, verdict.ID)
}

func TestPlanStep(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	ask := finalApproval(models.System())
	ask.Record.Class, ask.Step, ask.Round, ask.Org.TOTPRequired = "critical", "final_approval", 2, true
	ask.Task = nil
	plan, err := engine.PlanStep(t.Context(), ask)
	require.NoError(t, err)
	barred := plan.Barred
	plan.Barred = nil
	require.Equal(t, models.Plan{
		Step: "final_approval", Kind: models.KindApproval, Title: "Final approval", Quorum: 2, Priority: 1,
		Candidates: []models.CandidateRule{{Role: models.RoleQA, Site: "record"}, {Role: models.RoleQualityHead, Site: "record"}},
		Due:        models.DueRule{From: "record_due", After: "0d"}, Warn: []string{"7d", "3d", "1d"},
		Ladder: []models.Rung{
			{After: "1d", Do: "notify_assignee"}, {After: "4d", Do: "notify_manager"},
			{After: "7d", Do: "hand_to_role", Role: models.RoleQualityHead},
		},
		Meaning: "final_approval", Components: []string{"username", "password", "totp"}, Rule: "deviation/final_approval/critical", Revision: engine.Revision(),
		Outcomes: []models.OutcomeRule{{Name: "approved"}, {Name: "returned", NeedsReason: true, ReturnTo: []string{
			"triage", "assessment", "investigation", "technical_approval", "disposition", "capa_decision", "audit_trail_review",
		}}},
	}, plan)
	who := map[uuid.UUID]bool{}
	for _, b := range barred {
		who[b.Person] = true
	}
	for _, name := range []string{"reporter", "owner", "operator", "ina", "hedda"} {
		require.True(t, who[person(name).ID], name)
	}
	require.Len(t, who, 5)
	again, err := engine.Barred(t.Context(), ask)
	require.NoError(t, err)
	require.Equal(t, barred, again)
}

func TestPlanStepLooksAtTheStepThatOpens(t *testing.T) {
	t.Parallel()
	requester := person("owner").ID
	ask := finalApproval(person("quentin", models.RoleQA))
	ask.Step, ask.Round, ask.Task.Requester = "cancellation_approval", 1, &requester
	plan, err := newEngine(t).PlanStep(t.Context(), ask)
	require.NoError(t, err)
	require.Equal(t, "cancellation_approval", plan.Step)
	require.Contains(t, plan.Barred, models.Barred{
		Person: requester, Rule: "S4", Text: "Whoever asks for an extension, a cancellation or another exception does not approve it.",
	})
}

func TestPlanOfAnUnknownStep(t *testing.T) {
	t.Parallel()
	ask := finalApproval(models.System())
	ask.Task, ask.Step = nil, "lunch"
	_, err := newEngine(t).PlanStep(t.Context(), ask)
	require.ErrorIs(t, err, ErrUndefined)
}

func TestPlanRecord(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	ask := models.Ask{Record: deviation()}
	ask.Record.Flags["external"] = true
	plan, err := engine.PlanRecord(t.Context(), ask)
	require.NoError(t, err)
	require.Equal(t, models.DueRule{From: "aware", After: "45d"}, plan.Due)
	require.Equal(t, engine.Revision(), plan.Revision)
	require.NotEmpty(t, plan.Ladder)
	ask.Record.Migrated = true
	plan, err = engine.PlanRecord(t.Context(), ask)
	require.NoError(t, err)
	require.Empty(t, plan.Ladder)
}

func TestComponents(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	ask := finalApproval(person("quentin", models.RoleQA))
	for _, tc := range []struct {
		rule         string
		first, later []string
	}{
		{"strict", []string{"username", "password", "totp"}, []string{"username", "password", "totp"}},
		{"session", []string{"username", "password", "totp"}, []string{"password"}},
	} {
		ask.Org = models.OrgSettings{SignatureRule: tc.rule, TOTPRequired: true}
		first, err := engine.Components(t.Context(), ask)
		require.NoError(t, err)
		later, err := engine.LaterComponents(t.Context(), ask)
		require.NoError(t, err)
		require.Equal(t, tc.first, first)
		require.Equal(t, tc.later, later)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	qa := person("quentin", models.RoleQA)
	scope, err := engine.Scope(t.Context(), qa)
	require.NoError(t, err)
	want := models.Scope{
		Tasks: []string{models.RoleKey(models.RoleQA, basel), models.UserKey(qa.ID)}, Records: []string{"site:" + basel, models.UserKey(qa.ID)},
		Levels: []string{"site:" + basel},
	}
	require.Equal(t, want, scope)

	scope.Tasks[0] = "spoilt by its reader"
	scope, err = engine.Scope(t.Context(), qa)
	require.NoError(t, err)
	require.Equal(t, want, scope, "remembered")

	qa.Grants = nil
	scope, err = engine.Scope(t.Context(), qa)
	require.NoError(t, err)
	require.Equal(t, []string{models.UserKey(qa.ID)}, scope.Tasks, "a revoked role bites at once")
}

func TestScopeCacheIsBounded(t *testing.T) {
	t.Parallel()
	cache := newScopeCache()
	first := digest{1}
	cache.add(first, models.Scope{Tasks: []string{"first"}})
	for i := range 2 * scopesKept {
		cache.add(sha256.Sum256([]byte(strconv.Itoa(i))), models.Scope{})
		_, ok := cache.get(first)
		require.True(t, ok, "used all the time, so kept")
	}
	require.Len(t, cache.entries, scopesKept)
	require.Equal(t, scopesKept, cache.recent.Len())
}

// TestInputIsTheJSON holds what Rego reads and what the digest covers equal to the JSON that is logged.
func TestInputIsTheJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		ask := randomAsk(random)
		logged, err := json.Marshal(ask)
		require.NoError(t, err)
		var fromLog, fromPolicy any
		require.NoError(t, json.Unmarshal(logged, &fromLog))
		require.NoError(t, json.Unmarshal(Canonical(ask), &fromPolicy))
		require.Equal(t, fromLog, fromPolicy)
		sorted, err := json.Marshal(fromLog) // encoding/json sorts the names of a map, as RFC 8785 does for ASCII
		require.NoError(t, err)
		require.Equal(t, string(sorted), string(Canonical(ask)))
	}
}

func TestCanonicalStrings(t *testing.T) {
	t.Parallel()
	ask := models.Ask{Action: "a\"\\\b\t\n\f\r\x01<&>é\u2028\U0001F600\xff"}
	require.Contains(t, string(Canonical(ask)), `"action":"a\"\\\b\t\n\f\r\u0001<&>é`+"\u2028\U0001F600\uFFFD"+`"`)
}

func BenchmarkDecide(b *testing.B) {
	engine := newEngine(b)
	ask := finalApproval(person("quentin", models.RoleQA))
	b.ReportAllocs()
	for b.Loop() {
		if verdict, err := engine.Decide(b.Context(), ask); err != nil || !verdict.Allow {
			b.Fatal(verdict, err)
		}
	}
}

func BenchmarkPlanStep(b *testing.B) {
	engine := newEngine(b)
	ask := finalApproval(models.System())
	ask.Task, ask.Step, ask.Round = nil, "final_approval", 1
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.PlanStep(b.Context(), ask); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScope(b *testing.B) {
	engine := newEngine(b)
	qa := person("quentin", models.RoleQA)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Scope(b.Context(), qa); err != nil {
			b.Fatal(err)
		}
	}
}
