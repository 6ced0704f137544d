// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestOverviewShowsWhatIsInForce(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	o := engine.Overview()
	require.Equal(t, engine.Revision(), o.Revision)
	i := slices.IndexFunc(o.Types, func(p models.TypePolicy) bool { return p.Type == "deviation" })
	require.GreaterOrEqual(t, i, 0)
	line := func(step, class string) models.StepPolicy {
		for _, s := range o.Types[i].Steps {
			if s.Step == step && s.Class == class {
				return s
			}
		}
		t.Fatalf("there is no line %s/%s", step, class)
		return models.StepPolicy{}
	}
	require.Equal(t, models.DueRule{From: "opened", After: "3wd"}, line("technical_approval", "*").Due)
	require.Equal(t, "technical_review", line("technical_approval", "*").Meaning)
	require.Equal(t, 2, line("triage", "*").Priority)
	require.Equal(t, 1, line("triage", "critical").Priority, "a class has what its step has, but for what it changes")
	require.Equal(t, line("triage", "*").Ladder, line("triage", "critical").Ladder)

	var builtin, added []string
	for _, r := range o.Segregation {
		require.NotEmpty(t, r.Text)
		if r.Type == "" {
			builtin = append(builtin, r.Rule)
		} else {
			added = append(added, r.Type+"/"+r.Step+"/"+r.Rule)
		}
	}
	require.Subset(t, builtin, []string{"S1", "S4", "S6", "S7", "S8", "service", "statement", "identity", "credential", "letter"})
	require.Contains(t, added, "deviation/technical_approval/S2")

	j := slices.IndexFunc(o.Actions, func(a models.ActionPolicy) bool { return a.Action == "admin.absence" })
	require.Contains(t, o.Actions[j].Relations, "self")
	require.Contains(t, o.Actions[j].Roles, models.RoleManager)
}
