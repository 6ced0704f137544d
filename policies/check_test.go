// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

const requestMatrix = `{
  "create": ["reporter"],
  "record": {"due": {"*": {"from": "opened", "after": "5wd"}}, "warn": ["1d"], "ladder": []},
  "steps": {
    "approval": {
      "*": {
        "kind": "approval", "title": "Approve the request", "quorum": 1, "priority": 3, "warn": [], "ladder": [],
        "candidates": [{"role": "qa_approver", "site": "record"}], "due": {"from": "opened", "after": "2wd"}, "meaning": "final_approval",
        "outcomes": [{"name": "approved", "needs_reason": false}, {"name": "rejected", "needs_reason": true}]
      }
    }
  }
}`

func TestWithType(t *testing.T) {
	t.Parallel()
	engine := newEngine(t, WithType("request", []byte(requestMatrix), nil))
	reporter := person("rita", models.RoleReporter, models.RoleQA)
	record := &models.RecordFacts{Type: "request", Site: basel, Owner: reporter.ID, Reporter: reporter.ID}

	verdict, err := engine.Decide(t.Context(), models.Ask{Action: "request.create", Actor: reporter, Record: record})
	require.NoError(t, err)
	require.True(t, verdict.Allow)

	plan, err := engine.PlanStep(t.Context(), models.Ask{Actor: models.System(), Record: record, Step: "approval", Round: 1})
	require.NoError(t, err)
	require.Equal(t, []models.CandidateRule{{Role: models.RoleQA, Site: "record"}}, plan.Candidates)
	require.Len(t, plan.Barred, 2, "S1 needs no data: reporter and owner")

	record.Reporter, record.Owner = uuid.New(), uuid.New()
	plan, err = engine.PlanStep(t.Context(), models.Ask{Actor: models.System(), Record: record, Step: "approval", Round: 1,
		Done: []models.Performed{{Step: "approval", Round: 1, Person: reporter.ID}}})
	require.NoError(t, err)
	require.Contains(t, plan.Barred, models.Barred{
		Person: reporter.ID, Rule: "quorum", Text: "One person gives one approval in a round, also when acting for another.",
	})
}

func TestNewRefusesBadData(t *testing.T) {
	t.Parallel()
	line := func(changes string) string {
		return `{"create": [], "record": {"due": {"*": {"from": "opened", "after": "1d"}}, "warn": [], "ladder": []},
			"defaults": {"kind": "task", "title": "T", "quorum": 1, "priority": 3, "warn": [], "ladder": [],
			"candidates": [{"role": "qa_approver", "site": "record"}], "due": {"from": "opened", "after": "1d"}, "outcomes": [{"name": "done"}]},
			"steps": {"final_approval": {"*": {` + changes + `}}}}`
	}
	_, err := New(t.Context(), WithType("good", []byte(line("")), nil))
	require.NoError(t, err)
	for want, matrix := range map[string]string{
		"is neither task nor approval": line(`"kind": "ritual"`),
		"an approval without a sig":    line(`"kind": "approval"`),
		"not in the closed list":       line(`"meaning": "looks fine"`),
		"no title":                     line(`"title": ""`),
		"a quorum below 1":             line(`"quorum": 0`),
		"priority is not 1 to 4":       line(`"priority": 9`),
		"no candidates":                line(`"candidates": []`),
		"S8: a step of the quality":    line(`"candidates": [{"role": "area_head", "site": "record"}]`),
		"neither record nor *":         line(`"candidates": [{"role": "qa_approver", "site": "moon"}]`),
		"neither owner nor reporter":   line(`"assign": "boss"`),
		"parse duration":               line(`"warn": ["soon"]`),
		"due runs from":                line(`"due": {"from": "birth", "after": "1d"}`),
		"is no rung":                   line(`"ladder": [{"after": "1d", "do": "shout"}]`),
		`goes to "manager"`:            line(`"ladder": [{"after": "1d", "do": "hand_to_role", "role": "manager"}]`),
		`role "boss" is unknown`:       line(`"ladder": [{"after": "1d", "do": "notify_role", "role": "boss"}]`),
		"no outcomes":                  line(`"outcomes": []`),
		"is unknown":                   line(`"outcomes": [{"name": "maybe"}]`),
		"which is no step":             line(`"outcomes": [{"name": "returned", "return_to": ["start"]}]`),
		"unknown field":                line(`"quorumm": 2`),
		"repeated":                     line(`"repeated": {"extensions": 2, "change": {"quorumm": 2}}`),
		`due has no "*"`:               `{"record": {"due": {}}, "steps": {}}`,
		`no line "*"`:                  `{"record": {"due": {"*": {"from": "opened", "after": "1d"}}}, "steps": {"a": {}}}`,
		"create: role":                 `{"create": ["boss"], "record": {"due": {"*": {"from": "opened", "after": "1d"}}}, "steps": {}}`,
		"decode policy data":           `not json`,
	} {
		_, err := New(t.Context(), WithType("bad", []byte(matrix), nil))
		require.ErrorContains(t, err, want)
	}
	for want, segregation := range map[string]string{
		`"lunch" is no step`:     `{"lunch": {}}`,
		`"cook" is no relation`:  `{"final_approval": {"who": {"cook": {"rule": "S1", "text": "No."}}}}`,
		`"dinner" is no step`:    `{"final_approval": {"did": {"dinner": {"rule": "S1", "text": "No."}}}}`,
		"without a name":         `{"final_approval": {"flags": {"x": {"who": {"owner": {"rule": "", "text": "No."}}}}}}`,
		"unknown field \"whoo\"": `{"final_approval": {"whoo": {}}}`,
	} {
		_, err := New(t.Context(), WithType("bad", []byte(line("")), []byte(segregation)))
		require.ErrorContains(t, err, want)
	}
	_, err = New(t.Context(), WithType("deviation", []byte(line("")), nil))
	require.ErrorContains(t, err, "has it already")
}
