// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

type policiesOutput struct{ Body models.PolicyOverview }

// policies shows by what rules the organization is run: who does each step, by when and how, and what keeps whom from it.
func (a *API) policies(ctx context.Context, _ *struct{}) (*policiesOutput, error) {
	if err := a.may(ctx, callerOf(ctx), "policies.read"); err != nil {
		return nil, err
	}
	overview := a.Policy.Overview()
	types := slices.Clone(overview.Types)
	for i, t := range types {
		types[i].Steps = slices.Clone(t.Steps)
		declared, ok := a.Types[t.Type]
		if !ok {
			continue
		}
		// In the order of the process; what is beside it comes last.
		place := func(s models.StepPolicy) int {
			at := slices.IndexFunc(declared.Steps, func(d models.Step) bool { return d.Name == s.Step })
			if at < 0 {
				return len(declared.Steps)
			}
			return at
		}
		slices.SortStableFunc(types[i].Steps, func(x, y models.StepPolicy) int { return place(x) - place(y) })
	}
	overview.Types = types
	return &policiesOutput{Body: overview}, nil
}

// DecisionView is one answer of policy with all that it looked at: with it, the decision can be made again.
type DecisionView struct {
	PolicyDecision
	Input map[string]any `json:"input" doc:"What policy saw: actor, record, task, who did what before, settings."`
}

type decisionOutput struct{ Body DecisionView }

// decision says why policy said what it said.
func (a *API) decision(ctx context.Context, in *ByID) (*decisionOutput, error) {
	trail, err := a.auditor(ctx, "decisions.read")
	if err != nil {
		return nil, err
	}
	var rows []postgres.DecisionItem
	if in.ID != uuid.Nil { // a filter that is zero would not narrow
		rows, _, err = a.DB.Decisions(ctx, callerOf(ctx).Org, postgres.DecisionFilter{Trail: trail, ID: in.ID}, postgres.Page{Limit: 1})
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.Refuse(models.CodeNotFound, "There is no such decision.")
	}
	view := DecisionView{Input: map[string]any{}}
	if view.PolicyDecision, err = policyDecision(rows[0]); err != nil {
		return nil, err
	}
	var logged struct {
		Input map[string]any `json:"input"`
	}
	dec := json.NewDecoder(strings.NewReader(string(rows[0].Bytes)))
	dec.UseNumber() // as it was hashed
	if err := dec.Decode(&logged); err != nil {
		return nil, fmt.Errorf("read policy decision %s: %w", in.ID, err)
	}
	if logged.Input != nil {
		view.Input = logged.Input
	}
	return &decisionOutput{Body: view}, nil
}
