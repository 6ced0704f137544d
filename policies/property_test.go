// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

var crowd = []string{"ada", "ben", "cleo", "dan", "eve", "finn"}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

func randomPerson(r *rand.Rand) models.Person {
	p := models.Person{
		ID: person(pick(r, crowd...)).ID, Kind: models.KindPerson, Active: !chance(r, 5), Locked: chance(r, 5), Absent: chance(r, 10),
		StatementSigned: chance(r, 90), IdentityVerified: chance(r, 90), CredentialReset: chance(r, 10),
	}
	if chance(r, 10) {
		p.Kind = models.KindService
	}
	for range r.IntN(3) {
		p.Grants = append(p.Grants, models.Grant{Role: pick(r, models.Roles...), Site: pick(r, basel, lyon, models.AllSites)})
	}
	return p
}

func randomIDs(r *rand.Rand, most int) []uuid.UUID {
	var ids []uuid.UUID
	for range r.IntN(most + 1) {
		ids = append(ids, person(pick(r, crowd...)).ID)
	}
	return ids
}

func randomID(r *rand.Rand) *uuid.UUID {
	if chance(r, 50) {
		return nil
	}
	id := person(pick(r, crowd...)).ID
	return &id
}

func randomRecord(r *rand.Rand) *models.RecordFacts {
	at := time.Unix(r.Int64N(2e9), r.Int64N(1e9)).UTC()
	return &models.RecordFacts{
		ID: uuid.New(), Type: "deviation", Class: pick(r, "", "minor", "major", "critical"), State: "assessed", Site: pick(r, basel, lyon),
		Owner: person(pick(r, crowd...)).ID, Reporter: person(pick(r, crowd...)).ID, Involved: randomIDs(r, 2),
		Flags: map[string]bool{"external": chance(r, 50)}, Extensions: r.IntN(4), AwareAt: at, OpenedAt: at, DueAt: at,
		Migrated: chance(r, 10), Closed: chance(r, 10),
	}
}

func randomTask(r *rand.Rand, steps []string) *models.TaskFacts {
	task := &models.TaskFacts{
		ID: uuid.New(), Step: pick(r, steps...), Round: 1 + r.IntN(2), Kind: models.KindApproval, State: models.TaskOpen, Requester: randomID(r),
	}
	if chance(r, 10) {
		task.State = models.TaskDone
	}
	if chance(r, 10) {
		task.Assignee, task.Owner = randomID(r), randomID(r)
	}
	for range r.IntN(3) {
		role := pick(r, models.Roles...)
		task.Candidates = append(task.Candidates, models.RoleKey(role, pick(r, basel, lyon)), models.RoleKey(role, models.AllSites))
	}
	if chance(r, 20) {
		task.Candidates = append(task.Candidates, models.UserKey(person(pick(r, crowd...)).ID))
	}
	return task
}

func randomDone(r *rand.Rand, steps []string) []models.Performed {
	var done []models.Performed
	for range r.IntN(6) {
		done = append(done, models.Performed{
			Step: pick(r, steps...), Round: 1 + r.IntN(2), Kind: pick(r, models.KindTask, models.KindApproval),
			Person: person(pick(r, crowd...)).ID, Behalf: randomID(r), Signed: chance(r, 50),
		})
	}
	return done
}

var deviationSteps = []string{
	"report", "triage", "assessment", "assessment_approval", "cause", "investigation", "technical_approval", "disposition", "capa_decision",
	"audit_trail_review", "final_approval", "reportability", "extension_approval", "cancellation_approval", "reclassification_approval",
	"reopen_approval",
}

func randomAsk(r *rand.Rand) models.Ask {
	ask := models.Ask{
		Action: pick(r, "task.claim", "record.read", "admin.grant"), At: time.Unix(r.Int64N(2e9), r.Int64N(1e9)).In(time.FixedZone("", r.IntN(7200))),
		Actor: randomPerson(r), Done: randomDone(r, deviationSteps), Signing: chance(r, 50), Round: r.IntN(3),
		Org: models.OrgSettings{SignatureRule: "session", IdleMinutes: r.IntN(5000), Label: pick(r, "", "public data"), LetterReference: "L-1"},
	}
	if chance(r, 50) {
		behalf, target := randomPerson(r), randomPerson(r)
		ask.Behalf, ask.Target, ask.Step = &behalf, &target, pick(r, deviationSteps...)
	}
	if chance(r, 50) {
		ask.Record, ask.Task = randomRecord(r), randomTask(r, deviationSteps)
	}
	if chance(r, 20) {
		ask.File = &models.FileFacts{Name: pick(r, "chart.pdf", "x.csv"), SHA256: "00ff", AddedBy: person(pick(r, crowd...)).ID}
	}
	if chance(r, 50) {
		ask.Admin = &models.AdminChange{What: "grant", Person: randomID(r), Holds: randomPerson(r).Grants, Adds: []models.Grant{}, ResetBy: randomID(r), Substitute: randomID(r)}
		for range r.IntN(3) {
			ask.Admin.Members = append(ask.Admin.Members, models.MemberChange{
				Person: person(pick(r, crowd...)).ID, Kind: pick(r, models.KindPerson, models.KindService), Holds: randomPerson(r).Grants,
			})
		}
	}
	return ask
}

// TestListIsTheSetOfDecisions: what the group inbox shows, by keys and barred persons alone, is what one may claim.
func TestListIsTheSetOfDecisions(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	random := rand.New(rand.NewPCG(3, 4))
	listed := 0
	for i := range 1000 {
		ask := models.Ask{
			Action: "task.claim", Actor: randomPerson(random), Record: randomRecord(random), Task: randomTask(random, deviationSteps),
			Done: randomDone(random, deviationSteps),
		}
		barred, err := engine.Barred(t.Context(), ask)
		require.NoError(t, err)
		for _, b := range barred {
			ask.Task.Barred = append(ask.Task.Barred, b.Person)
		}
		scope, err := engine.Scope(t.Context(), ask.Actor)
		require.NoError(t, err)
		shown := ask.Task.State == models.TaskOpen && ask.Task.Assignee == nil &&
			slices.ContainsFunc(scope.Tasks, func(key string) bool { return slices.Contains(ask.Task.Candidates, key) }) &&
			!slices.Contains(ask.Task.Barred, ask.Actor.ID)
		if shown {
			listed++
		}
		verdict, err := engine.Decide(t.Context(), ask)
		require.NoError(t, err)
		require.Equal(t, shown, verdict.Allow, "case %d: %+v, actor %+v, task %+v", i, verdict, ask.Actor, ask.Task)
	}
	require.Greater(t, listed, 25, "the cases are worth something")
}

// TestRecordListIsTheSetOfReads: the same for the list of records.
func TestRecordListIsTheSetOfReads(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	random := rand.New(rand.NewPCG(5, 6))
	listed := 0
	for i := range 1000 {
		ask := models.Ask{Action: "record.read", Actor: randomPerson(random), Record: randomRecord(random)}
		scope, err := engine.Scope(t.Context(), ask.Actor)
		require.NoError(t, err)
		shown := slices.ContainsFunc(scope.Records, func(key string) bool {
			return slices.Contains([]string{
				"all", "site:" + ask.Record.Site, models.UserKey(ask.Record.Owner), models.UserKey(ask.Record.Reporter),
			}, key)
		})
		if shown {
			listed++
		}
		verdict, err := engine.Decide(t.Context(), ask)
		require.NoError(t, err)
		require.Equal(t, shown, verdict.Allow, "case %d: %+v, actor %+v, record %+v", i, verdict, ask.Actor, ask.Record)
	}
	require.Greater(t, listed, 250, "the cases are worth something")
}

// TestBarredNeverDecides: nobody whom Barred names completes the step, whatever else he holds.
func TestBarredNeverDecides(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	random := rand.New(rand.NewPCG(7, 8))
	met := 0
	for i := range 1000 {
		actor := person(pick(random, crowd...), models.RoleQA, models.RoleQualityHead, models.RoleAreaHead, models.RoleAreaOwner)
		task := randomTask(random, deviationSteps)
		task.State, task.Assignee, task.Candidates = models.TaskOpen, &actor.ID, []string{models.RoleKey(models.RoleQA, basel)}
		ask := models.Ask{Action: "task.complete", Actor: actor, Record: randomRecord(random), Task: task, Done: randomDone(random, deviationSteps)}
		ask.Record.Site = basel
		barred, err := engine.Barred(t.Context(), ask)
		require.NoError(t, err)
		if !slices.ContainsFunc(barred, func(b models.Barred) bool { return b.Person == actor.ID }) {
			continue
		}
		met++
		verdict, err := engine.Decide(t.Context(), ask)
		require.NoError(t, err)
		require.False(t, verdict.Allow, "case "+strconv.Itoa(i))
	}
	require.Greater(t, met, 100)
}

// TestWhatIsReroutedCanBeDone: an absent person's task never reaches a substitute whom any rule would keep from it then.
func TestWhatIsReroutedCanBeDone(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	random := rand.New(rand.NewPCG(9, 10))
	passed, kept := 0, 0
	for i := range 3000 {
		absent, substitute := person(pick(random, crowd...), models.RoleQA), randomPerson(random)
		substitute.Grants = append(substitute.Grants, models.Grant{Role: pick(random, models.RoleQA, models.RoleAreaHead), Site: basel})
		absent.Absent = true
		task := randomTask(random, deviationSteps)
		task.State, task.Assignee, task.Owner = models.TaskOpen, &absent.ID, nil
		task.Candidates = append(task.Candidates, models.RoleKey(models.RoleQA, basel))
		ask := models.Ask{
			Action: models.CommandReroute, Actor: models.System(), Behalf: &absent, Target: &substitute, Record: randomRecord(random), Task: task,
			Done: randomDone(random, deviationSteps),
		}
		ask.Record.Site = basel
		rerouted, err := engine.Decide(t.Context(), ask)
		require.NoError(t, err)
		ask.Action, ask.Actor, ask.Target = "task.complete", substitute, nil
		task.Assignee, task.Owner = &substitute.ID, &absent.ID
		done, err := engine.Decide(t.Context(), ask)
		require.NoError(t, err)
		switch {
		case rerouted.Allow:
			passed++
			require.True(t, done.Allow, "case %d: %+v", i, done)
		case !done.Allow:
			kept++
		}
	}
	require.Greater(t, passed, 25, "the cases are worth something")
	require.Greater(t, kept, 1000)
}

// TestLevelsAreTheSetOfDecisions: the sites of the figures are those where policy lets the person read service levels.
func TestLevelsAreTheSetOfDecisions(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	random := rand.New(rand.NewPCG(11, 12))
	counted := 0
	for i := range 1000 {
		actor := randomPerson(random)
		scope, err := engine.Scope(t.Context(), actor)
		require.NoError(t, err)
		for _, site := range []string{basel, lyon} {
			record := randomRecord(random)
			record.Site = site
			verdict, err := engine.Decide(t.Context(), models.Ask{Action: "sla.read", Actor: actor, Record: record})
			require.NoError(t, err)
			sees := slices.Contains(scope.Levels, "all") || slices.Contains(scope.Levels, "site:"+site)
			require.Equal(t, verdict.Allow, sees, "case %d: %+v, actor %+v", i, verdict, actor)
			if sees {
				counted++
				require.True(t, scope.Reads(site, uuid.New(), uuid.New()), "figures are of what is read")
			}
		}
	}
	require.Greater(t, counted, 100)
}
