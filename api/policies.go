// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
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

// ByDigest names policies.
type ByDigest struct {
	Digest string `path:"digest" pattern:"^[0-9a-f]{64}$" doc:"As a logged decision holds it."`
}

// PolicyText is what decided under one digest.
type PolicyText struct {
	Digest    string       `json:"digest" doc:"SHA-256 of one line a file, as sha256sum writes them."`
	Revision  int          `json:"revision" doc:"Short for the digest."`
	FirstSeen time.Time    `json:"first_seen" doc:"When a server first ran on them."`
	Files     []PolicyFile `json:"files" doc:"By name."`
}

// PolicyFile is a rule file or its data.
type PolicyFile struct {
	Name string `json:"name" example:"rego/authz.rego"`
	Text string `json:"text"`
}

type policyTextOutput struct{ Body PolicyText }

// policyText shows what policies said when a decision was logged, whatever they say by now.
func (a *API) policyText(ctx context.Context, in *ByDigest) (*policyTextOutput, error) {
	if err := a.may(ctx, callerOf(ctx), "policies.read"); err != nil {
		return nil, err
	}
	digest, err := hex.DecodeString(in.Digest)
	if err != nil {
		return nil, fmt.Errorf("read the digest: %w", err)
	}
	var row queries.PolicyRevision
	err = a.DB.Read(ctx, callerOf(ctx).Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.PolicyRevision(ctx, digest)
		return err
	})
	if err := orNotFound(err, models.Refuse(models.CodeNotFound, "No server ran on such policies."), "read the policies"); err != nil {
		return nil, err
	}
	var files map[string]string
	if err := json.Unmarshal(row.Files, &files); err != nil {
		return nil, fmt.Errorf("read the policies: %w", err)
	}
	text := PolicyText{Digest: in.Digest, Revision: int(row.Revision), FirstSeen: row.FirstSeen, Files: []PolicyFile{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text.Files = append(text.Files, PolicyFile{Name: name, Text: files[name]})
	}
	return &policyTextOutput{Body: text}, nil
}

// DecisionView is one answer of policy with all that it looked at: with it, and with the policies of its digest, the decision can be made again.
type DecisionView struct {
	PolicyDecision
	Policies string         `json:"policies" doc:"Digest of the policies that answered: /v1/policies/{digest} shows them."`
	Input    map[string]any `json:"input" doc:"What policy saw: actor, record, task, who did what before, settings."`
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
		Policies string         `json:"policies"`
		Input    map[string]any `json:"input"`
	}
	dec := json.NewDecoder(strings.NewReader(string(rows[0].Bytes)))
	dec.UseNumber() // as it was hashed
	if err := dec.Decode(&logged); err != nil {
		return nil, fmt.Errorf("read policy decision %s: %w", in.ID, err)
	}
	view.Policies = logged.Policies
	if logged.Input != nil {
		view.Input = logged.Input
	}
	return &decisionOutput{Body: view}, nil
}
