// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// coldSealing is blister line 3 sealing 8 °C too cold for 14 minutes, found at the end-of-shift check and reported at once.
const coldSealing = `{
	"report": {
		"title": "Blister line 3: sealing 8 °C too cold for 14 minutes",
		"occurred_from": "2026-03-04T13:02:00+01:00", "occurred_to": "2026-03-04T13:16:00+01:00",
		"discovered_at": "2026-03-04T14:05:00+01:00", "aware_at": "2026-03-04T14:10:00+01:00",
		"internal_external": "internal",
		"batches": [
			{"product": "Amlodipine 5 mg", "lot": "AM5-2603", "status": "quarantined", "distributed": false},
			{"product": "Amlodipine 5 mg", "lot": "AM5-2604", "status": "in_process", "distributed": false}
		],
		"people_involved": [
			{"person": "0197a000-0000-7000-8000-000000000001", "role": "set the line up"},
			{"name": "Night shift fitter of the contractor", "role": "changed the heating plate"},
			{"person": "0197a000-0000-7000-8000-000000000002", "role": "ran the line"},
			{"person": "0197a000-0000-7000-8000-000000000001", "role": "stopped the line"}
		]
	}
}`

// reportedAt is half an hour after the site became aware of coldSealing.
var reportedAt = time.Date(2026, 3, 4, 13, 40, 0, 0, time.UTC)

// story is coldSealing with changes: values by path. A nil value takes the field out.
func story(t *testing.T, changes map[string]any) map[string]any {
	t.Helper()
	data, err := DecodeData([]byte(coldSealing))
	require.NoError(t, err)
	for _, path := range slices.Sorted(maps.Keys(changes)) {
		require.NoError(t, SetPath(data, path, changes[path]))
	}
	return data
}

func lotRow(lot string, more ...any) map[string]any {
	row := map[string]any{"lot": lot}
	for i := 0; i < len(more); i += 2 {
		row[more[i].(string)] = more[i+1]
	}
	return row
}

// mainLine are the states of an open deviation in their order.
var mainLine = []string{
	"draft", "triage", "assessment", "assessment_approval", "investigation", "technical_approval", "disposition", "capa_decision",
	"audit_trail_review", "final_approval",
}

func TestDeviationDeclaration(t *testing.T) {
	t.Parallel()
	require.Equal(t, FilingSection, Deviation.Filing)
	require.Equal(t, Deviation.FormOf(Deviation.Filing), Deviation.Form)
	require.Equal(t, 0, Deviation.Order(Deviation.Filing))
	filed, _ := Deviation.Step(Deviation.Filing)
	require.Equal(t, []string{Deviation.First}, filed.Next)
	require.Positive(t, Deviation.Order(Deviation.OwnerStep))
	seen, states := map[string]bool{}, []string{}
	for i, s := range Deviation.Steps {
		require.False(t, seen[s.Name], "%s is declared once", s.Name)
		seen[s.Name] = true
		require.NotEmpty(t, s.Title)
		require.Contains(t, []StepKind{KindTask, KindApproval}, s.Kind)
		for _, next := range s.Next {
			require.Greater(t, Deviation.Order(next), i, "%s goes on to %s", s.Name, next)
		}
		if s.Side {
			require.Empty(t, s.State, "%s runs beside the state", s.Name)
			require.Empty(t, s.Next)
			require.Less(t, Deviation.Order(StepFinalApproval), i, "side steps come last, so that a return leaves the main line in one piece")
			continue
		}
		states = append(states, s.State)
	}
	require.Equal(t, mainLine, slices.Compact(states))
}

// TestDeviationStates derives the table again, from the steps and the rules of going back, and compares every pair.
func TestDeviationStates(t *testing.T) {
	t.Parallel()
	all := append([]string{"", "closed", "cancelled"}, mainLine...)
	forward := map[[2]string]bool{
		{"", "draft"}: true, {"", "triage"}: true, {"final_approval", "closed"}: true, {"closed", "investigation"}: true,
	}
	for _, s := range Deviation.Steps {
		for _, next := range s.Next {
			to, _ := Deviation.Step(next)
			forward[[2]string{s.State, to.State}] = true
		}
	}
	for _, from := range all {
		for _, to := range all {
			at, target := slices.Index(mainLine, from), slices.Index(mainLine, to)
			open := at >= 0
			want := from == to || forward[[2]string{from, to}] || (open && to == "cancelled") || (open && target >= 0 && target < at)
			require.Equal(t, want, Deviation.States.Allows(from, to), "%q to %q", from, to)
		}
		require.Contains(t, Deviation.States, from)
		for _, to := range Deviation.States[from] {
			require.Contains(t, all, to)
		}
	}
}

// TestDeviationNeverSkips is the sequence check of 21 CFR 11.10(f): however far ahead someone asks for, a record that the table
// lets close has gone through the quality unit, in order, and a cancelled one stays so.
func TestDeviationNeverSkips(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 10))
	ahead := append([]string{"effective", "closed"}, reversed(mainLine)...) // furthest first
	closures := 0
	for range 1_000 {
		state, course, duties := "", []string{}, fromReport
		for range 60 {
			to := ahead[rng.IntN(len(ahead))]
			switch n := rng.IntN(50); {
			case n == 0:
				to = "cancelled"
			case n > 10:
				to = furthest(state, ahead)
			}
			if to == state || !Deviation.States.Allows(state, to) {
				continue
			}
			require.NotEqual(t, "cancelled", state)
			require.NotEqual(t, "effective", to)
			state, course = to, append(course, to)
			if state == "closed" {
				requireInOrder(t, duties, course)
				closures, course, duties = closures+1, []string{}, fromCause
			}
		}
	}
	require.Greater(t, closures, 1_000)
}

// furthest is the first of the states that the table lets a record reach at once; its own state if there is none.
func furthest(state string, ahead []string) string {
	for _, to := range ahead {
		if to != state && Deviation.States.Allows(state, to) {
			return to
		}
	}
	return state
}

// fromReport are the states that no closed deviation has left out; fromCause those of one that was reopened.
var (
	fromReport = []string{"triage", "assessment", "assessment_approval", "investigation", "capa_decision", "final_approval", "closed"}
	fromCause  = []string{"investigation", "capa_decision", "final_approval", "closed"}
)

// requireInOrder asks that each duty comes after the one before.
func requireInOrder(t *testing.T, duties, course []string) {
	t.Helper()
	rest := course
	for _, duty := range duties {
		i := slices.Index(rest, duty)
		require.GreaterOrEqual(t, i, 0, "%s is missing in %v", duty, course)
		rest = rest[i+1:]
	}
}

func reversed(s []string) []string {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// walker plays a process over the declared steps, as a person would drive it.
type walker struct {
	t     *testing.T
	rng   *rand.Rand
	state string
	seen  map[string]bool // steps that were opened
}

func (w *walker) open(name string) {
	w.t.Helper()
	s, ok := Deviation.Step(name)
	require.True(w.t, ok, name)
	w.seen[name] = true
	if !s.Side {
		w.move(s.State)
	}
}

func (w *walker) move(to string) {
	w.t.Helper()
	require.True(w.t, Deviation.States.Allows(w.state, to), "%q to %q", w.state, to)
	w.state = to
}

// next takes a declared way on, or closes.
func (w *walker) next(from string) string {
	s, _ := Deviation.Step(from)
	if len(s.Next) == 0 {
		w.move(StateClosed)
		return ""
	}
	return s.Next[w.rng.IntN(len(s.Next))]
}

// back is a return, a correction or a new class: an earlier step of the main line.
func (w *walker) back(from string) string {
	return Deviation.Steps[w.rng.IntN(Deviation.Order(from)+1)].Name
}

// TestDeviationWalks takes random courses over declared steps: each of their moves is one that the table has, and together they
// reach every state and every step of the main line.
func TestDeviationWalks(t *testing.T) {
	t.Parallel()
	steps, states := map[string]bool{}, map[string]bool{}
	for seed := range uint64(500) {
		w := &walker{t: t, rng: rand.New(rand.NewPCG(seed, 211)), seen: steps}
		for step, n := []string{Deviation.Filing, Deviation.First}[seed%2], 0; n < 60 && w.state != StateCancelled; n++ {
			w.open(step)
			states[w.state] = true
			switch w.rng.IntN(12) {
			case 0:
				w.move(StateCancelled)
			case 1:
				step = w.back(step)
			default:
				if step = w.next(step); step == "" {
					states[w.state] = true
					step = []string{StepCause, StepInvestigation}[w.rng.IntN(2)] // reopened
				}
			}
		}
		states[w.state] = true
	}
	for _, s := range Deviation.Steps {
		require.True(t, s.Side || steps[s.Name], "%s is reached", s.Name)
	}
	for state := range Deviation.States {
		require.True(t, state == "" || states[state], "%s is reached", state)
	}
}

// TestDeviationAgreesWithMatrix compares with the policy of its steps: same names and kinds, and every return is a legal move.
func TestDeviationAgreesWithMatrix(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../policies/rego/base/matrix.json")
	require.NoError(t, err)
	var matrix map[string]struct {
		Steps map[string]map[string]struct {
			Kind     StepKind      `json:"kind"`
			Side     bool          `json:"side"`
			Form     string        `json:"form"`
			Outcomes []OutcomeRule `json:"outcomes"`
		} `json:"steps"`
	}
	require.NoError(t, json.Unmarshal(raw, &matrix))
	planned := matrix[Deviation.Name].Steps
	require.Len(t, planned, len(Deviation.Steps))
	for _, s := range Deviation.Steps {
		require.Contains(t, planned, s.Name)
		for class, plan := range planned[s.Name] {
			if class == "*" {
				require.Equal(t, s.Kind, plan.Kind, s.Name)
				require.Equal(t, s.Side, plan.Side, s.Name)
			}
			if plan.Form != "" {
				require.Equal(t, Deviation.FormOf(s.Name), plan.Form)
			}
			for _, outcome := range plan.Outcomes {
				for _, name := range outcome.ReturnTo {
					to, ok := Deviation.Step(name)
					require.True(t, ok && !to.Side, name)
					require.Less(t, Deviation.Order(name), Deviation.Order(s.Name), "%s returns to %s", s.Name, name)
					require.True(t, Deviation.States.Allows(s.State, to.State), "%s returns to %s", s.Name, name)
				}
			}
		}
	}
}

func TestDeviationDerive(t *testing.T) {
	t.Parallel()
	title, aware := Deviation.Derive(story(t, map[string]any{"report.title": "  Torn gasket in isolator 2 "}))
	require.Equal(t, "Torn gasket in isolator 2", title)
	require.True(t, aware.Equal(time.Date(2026, 3, 4, 13, 10, 0, 0, time.UTC)))
	title, aware = Deviation.Derive(nil)
	require.Empty(t, title)
	require.True(t, aware.IsZero())
}

func TestDeviationInvolved(t *testing.T) {
	t.Parallel()
	require.Equal(t, []uuid.UUID{
		uuid.MustParse("0197a000-0000-7000-8000-000000000001"), uuid.MustParse("0197a000-0000-7000-8000-000000000002"),
	}, Deviation.Involved(story(t, nil)))
	require.Empty(t, Deviation.Involved(story(t, map[string]any{"report.people_involved": []any{"nobody", nil, map[string]any{"person": 7}}})))
}

func TestDeviationEffect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ step, outcome, proposed, want string }{
		{StepAssessmentApproval, OutcomeApproved, "major", "major"},
		{StepAssessmentApproval, OutcomeApproved, "critical", "critical"},
		{StepAssessmentApproval, OutcomeReturned, "major", "minor"},
		{StepAssessment, OutcomeDone, "major", "minor"},
		{StepFinalApproval, OutcomeApproved, "major", "minor"},
		{StepAssessmentApproval, OutcomeApproved, "trivial", "minor"},
	} {
		r := &Record{Class: "minor", Data: story(t, map[string]any{"assessment.class": c.proposed})}
		Deviation.Effect(r, c.step, c.outcome)
		require.Equal(t, c.want, r.Class, c)
	}
}

func TestDeviationFlags(t *testing.T) {
	t.Parallel()
	market := map[string]any{"report.batches[0].distributed": true, "report.batches[0].us_application": true}
	for _, c := range []struct {
		name    string
		class   string
		changes map[string]any
		want    []string
	}{
		{"just reported", "", nil, []string{FlagHasBatches}},
		{"a document error without a batch", "minor", map[string]any{"report.batches": []any{}}, nil},
		{"major", "major", nil, []string{FlagHasBatches, FlagNeedsInvestigation}},
		{"critical at high risk", "critical", map[string]any{"triage.high_risk": true}, []string{FlagCritical, FlagHasBatches, FlagHighRisk, FlagNeedsInvestigation}},
		{"a supplier's", "minor", map[string]any{"report.internal_external": "external"}, []string{FlagExternal, FlagHasBatches}},
		{"distributed in the US", "", market, []string{FlagHasBatches, FlagReportableClock}},
		{"distributed, but elsewhere", "", map[string]any{"report.batches[0].distributed": true}, []string{FlagHasBatches}},
		{"one batch distributed, the other for the US", "", map[string]any{
			"report.batches[0].distributed": true, "report.batches[1].us_application": true,
		}, []string{FlagHasBatches}},
		{"triage finds it in the US", "", map[string]any{"triage.distributed_us": true}, []string{FlagHasBatches, FlagReportableClock}},
		{"migrated: its field alert was long ago", "", map[string]any{
			"report.batches[0].distributed": true, "report.batches[0].us_application": true, "report.migrated": true,
		}, []string{FlagHasBatches}},
		{"human error in a minor one", "minor", map[string]any{"cause.cause_code": "human_error"}, []string{FlagHasBatches, FlagHumanError}},
		{"cause of an earlier class", "major", map[string]any{
			"cause.cause_code": "human_error", "investigation.cause_code": "machine_failure",
		}, []string{FlagHasBatches, FlagNeedsInvestigation}},
		{"the investigation finds another lot", "major", map[string]any{
			"report.batches": []any{}, "investigation.other_batches": []any{lotRow("AM5-2599", "affected", true)},
		}, []string{FlagHasBatches, FlagNeedsInvestigation}},
		{"the investigation clears the other lot", "major", map[string]any{
			"report.batches": []any{}, "investigation.other_batches": []any{lotRow("AM5-2599", "affected", false)},
		}, []string{FlagNeedsInvestigation}},
		{"a repeat with a CAPA", "major", map[string]any{"assessment.repeat": true, "capa_decision.capa_needed": true}, []string{
			FlagCAPANeeded, FlagHasBatches, FlagNeedsInvestigation, FlagRepeat,
		}},
	} {
		var got []string
		for flag, set := range Deviation.Flags(c.class, story(t, c.changes)) {
			if set {
				got = append(got, flag)
			}
		}
		require.ElementsMatch(t, c.want, got, c.name)
	}
	require.NotContains(t, slices.Collect(maps.Values(Deviation.Flags("", nil))), true)
}

func TestDeviationCheck(t *testing.T) {
	t.Parallel()
	decided := func(lots ...string) map[string]any {
		rows := []any{}
		for _, lot := range lots {
			rows = append(rows, lotRow(lot, "decision", "release"))
		}
		return map[string]any{"disposition.batches": rows}
	}
	with := func(a, b map[string]any) map[string]any { maps.Copy(a, b); return a }
	for _, c := range []struct {
		name     string
		class    string
		now      time.Time
		migrated bool
		late     bool
		changes  map[string]any
		want     []string // path and code
	}{
		{name: "reported half an hour later"},
		{name: "known to the minute", now: time.Date(2026, 3, 4, 13, 10, 0, 0, time.UTC)},
		{name: "still going on when discovered", changes: map[string]any{"report.occurred_to": "2026-03-04T13:30:00Z"}},
		{name: "aware in the future by a second", now: time.Date(2026, 3, 4, 13, 9, 59, 0, time.UTC), want: []string{"report.aware_at future"}},
		{name: "no awareness", changes: map[string]any{"report.aware_at": nil}, want: []string{"report.aware_at required"}},
		{name: "awareness that is no instant", changes: map[string]any{"report.aware_at": "yesterday"}, want: []string{"report.aware_at required"}},
		{name: "ends before it begins", changes: map[string]any{"report.occurred_to": "2026-03-04T13:01:59+01:00"}, want: []string{"report.occurred_to order"}},
		{name: "discovered before it begins", changes: map[string]any{"report.discovered_at": "2026-03-04T12:00:00Z", "report.occurred_from": "2026-03-04T12:00:01Z"}, want: []string{"report.discovered_at order"}},
		{name: "aware before discovered, told across zones", changes: map[string]any{"report.discovered_at": "2026-03-04T09:11:00-05:00", "report.aware_at": "2026-03-04T14:10:00+01:00"}, now: time.Date(2026, 3, 4, 20, 0, 0, 0, time.UTC), want: []string{"report.aware_at order"}},
		{name: "late without a reason", late: true, want: []string{"report.late_reason required"}},
		{name: "late over a weekend, with a reason", late: true, changes: map[string]any{"report.late_reason": "The shift leader was off and the log was read on Monday."}},
		{name: "blanks are no reason", late: true, changes: map[string]any{"report.late_reason": " \n"}, want: []string{"report.late_reason required"}},
		{name: "passed off as migrated", changes: map[string]any{"report.migrated": true}, want: []string{"report.migrated not_migrated"}},
		{name: "migrated from 2019", migrated: true, changes: map[string]any{
			"report.migrated": true, "report.aware_at": "2019-05-06T00:00:00Z", "report.discovered_at": "2019-05-06T00:00:00Z",
			"report.occurred_from": nil, "report.occurred_to": nil,
		}},
		{name: "a lot listed twice", changes: map[string]any{"report.batches[2]": lotRow(" AM5-2603")}, want: []string{"report.batches[2].lot duplicate"}},
		{name: "a repeated minor", changes: map[string]any{"assessment.class": "minor", "assessment.repeat": true}, want: []string{"assessment.class repeat"}},
		{name: "a repeated major", changes: map[string]any{"assessment.class": "major", "assessment.repeat": true}},
		{name: "a repeat found with the cause", class: "minor", changes: map[string]any{"cause.repeat_of": "0197a000-0000-7000-8000-0000000000ff"}, want: []string{"cause.repeat_of repeat"}},
		{name: "each lot decided on", class: "minor", changes: decided("AM5-2604", "AM5-2603")},
		{name: "a lot forgotten", class: "minor", changes: decided("AM5-2604"), want: []string{"disposition.batches missing_lot"}},
		{name: "no decision at all", class: "minor", changes: decided(), want: []string{"disposition.batches missing_lot"}},
		{name: "a lot decided on twice", class: "minor", changes: decided("AM5-2604", "AM5-2603", "AM5-2604"), want: []string{"disposition.batches[2].lot duplicate"}},
		{name: "a lot that nobody reported", class: "minor", changes: decided("AM5-2604", "AM5-2603", "AM5-9999"), want: []string{"disposition.batches[2].lot unknown_lot"}},
		{name: "a lot that the investigation found", class: "major", changes: with(decided("AM5-2604", "AM5-2603", "AM5-2599"), map[string]any{
			"investigation.other_batches": []any{lotRow("AM5-2599", "affected", true), lotRow("AM5-2600", "affected", false)},
		})},
		{name: "the found lot forgotten", class: "critical", changes: with(decided("AM5-2604", "AM5-2603"), map[string]any{
			"investigation.other_batches": []any{lotRow("AM5-2599", "affected", true)},
		}), want: []string{"disposition.batches missing_lot"}},
		{name: "an audit trail not read", class: "major", changes: map[string]any{"audit_trail_review.reviewed": false}, want: []string{"audit_trail_review.reviewed not_reviewed"}},
		{name: "an audit trail read", class: "major", changes: map[string]any{"audit_trail_review.reviewed": true}},
	} {
		if c.now.IsZero() {
			c.now = reportedAt
		}
		problems := Deviation.Check(RecordDraft{Class: c.class, Now: c.now, Migrated: c.migrated, Late: c.late, Data: story(t, c.changes)})
		got := []string{}
		for _, p := range problems {
			require.NotEmpty(t, p.Message)
			got = append(got, p.Path+" "+p.Code)
		}
		require.ElementsMatch(t, c.want, got, c.name)
	}
}

// TestDeviationCheckLooksOnlyAtWhatIsThere gives it data of no form: it neither panics nor invents problems of absent parts.
func TestDeviationCheckLooksOnlyAtWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{}`, `{"report": null}`, `{"report": []}`, `{"disposition": "no", "cause": 4}`, `{"triage": {"high_risk": "yes"}, "audit_trail_review": {}}`,
	} {
		data, err := DecodeData([]byte(raw))
		require.NoError(t, err)
		require.Empty(t, Deviation.Check(RecordDraft{Now: reportedAt, Data: data}), raw)
		require.NotPanics(t, func() { Deviation.Flags(ClassMajor, data) })
	}
	data, err := DecodeData([]byte(`{"report": {"batches": [1, null, {"lot": 7}], "aware_at": 5}, "disposition": {"batches": [{}]}}`))
	require.NoError(t, err)
	problems := Deviation.Check(RecordDraft{Now: reportedAt, Data: data})
	require.Len(t, problems, 2)
	require.Equal(t, "/report/aware_at", problems[0].Pointer)
	require.Equal(t, "/disposition/batches/0/lot", problems[1].Pointer)
}
