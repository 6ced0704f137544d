// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/countersign/countersign/models"
)

// Overview is the policies that answer, for reading. It is shared and not to be changed.
func (e *Engine) Overview() models.PolicyOverview { return e.overview }

// overviewOf reads the bundle as people do: the matrix line by line, and the rules with their words.
func overviewOf(base map[string]any, modules map[string]*ast.Module, rev revision) (models.PolicyOverview, error) {
	o := models.PolicyOverview{Revision: rev.number(), Digest: rev.String(), Segregation: builtinRules(modules)}
	matrix := base["matrix"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(matrix)) {
		var t matrixType
		if err := decodeStrictly(matrix[name], &t); err != nil {
			return o, fmt.Errorf("read the matrix of %s: %w", name, err)
		}
		policy, err := t.overview(name)
		if err != nil {
			return o, fmt.Errorf("read the matrix of %s: %w", name, err)
		}
		o.Types = append(o.Types, policy)
	}
	rules, err := dataRules(base)
	if err != nil {
		return o, err
	}
	o.Segregation = append(o.Segregation, rules...)
	o.Actions, err = actionsOf(base)
	return o, err
}

func (t matrixType) overview(name string) (models.TypePolicy, error) {
	p := models.TypePolicy{
		Type: name, Create: notNull(t.Create), Due: t.Record.Due, Warn: notNull(t.Record.Warn), Ladder: notNull(t.Record.Ladder),
		Steps: []models.StepPolicy{},
	}
	for _, step := range slices.Sorted(maps.Keys(t.Steps)) {
		for _, class := range slices.Sorted(maps.Keys(t.Steps[step])) { // "*" sorts before every class
			merged := map[string]any{}
			maps.Copy(merged, t.Defaults)
			maps.Copy(merged, t.Steps[step]["*"])
			maps.Copy(merged, t.Steps[step][class])
			var line matrixLine
			if err := decodeStrictly(merged, &line); err != nil {
				return p, fmt.Errorf("step %s, class %s: %w", step, class, err)
			}
			p.Steps = append(p.Steps, models.StepPolicy{
				Step: step, Class: class, Kind: line.Kind, Side: line.Side, Title: line.Title, Candidates: notNull(line.Candidates), Assign: line.Assign,
				Quorum: line.Quorum, Form: line.Form, Due: line.Due, Statutory: line.Statutory, Warn: notNull(line.Warn), Ladder: notNull(line.Ladder),
				Meaning: line.Meaning, Outcomes: notNull(line.Outcomes), Priority: line.Priority,
			})
		}
	}
	return p, nil
}

// builtinRules finds the denials of the segregation package in its source, so that what is shown is what is in force. A text
// that is put together at the time of asking is shown with what is known of it.
func builtinRules(modules map[string]*ast.Module) []models.SegregationRule {
	rules := []models.SegregationRule{}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if modules[name].Package.Path.String() != "data.segregation" {
			continue
		}
		for _, rule := range modules[name].Rules {
			if rule.Head.Key == nil {
				continue
			}
			denial, ok := rule.Head.Key.Value.(ast.Object)
			if !ok {
				continue
			}
			id, text := constant(denial.Get(ast.StringTerm("rule")), nil), constant(denial.Get(ast.StringTerm("text")), rule.Body)
			r := models.SegregationRule{Rule: id, Text: text}
			if id != "" && text != "" && !slices.Contains(rules, r) {
				rules = append(rules, r)
			}
		}
	}
	slices.SortStableFunc(rules, func(x, y models.SegregationRule) int { return strings.Compare(x.Rule, y.Rule) })
	return rules
}

// constant is the text of a term, or of the variable that body gives it; "" if it is put together when asked.
func constant(term *ast.Term, body ast.Body) string {
	if term == nil {
		return ""
	}
	switch v := term.Value.(type) {
	case ast.String:
		return string(v)
	case ast.Var:
		for _, expr := range body {
			if expr.IsAssignment() && expr.Operand(0).Equal(term) {
				return constant(expr.Operand(1), nil)
			}
		}
	}
	return ""
}

// dataRules are the rules that the data of a type adds for its steps.
func dataRules(base map[string]any) ([]models.SegregationRule, error) {
	var rules []models.SegregationRule
	data := base["segregation"].(map[string]any)
	for _, typ := range slices.Sorted(maps.Keys(data)) {
		var steps map[string]segregationStep
		if err := decodeStrictly(data[typ], &steps); err != nil {
			return nil, fmt.Errorf("read the segregation of %s: %w", typ, err)
		}
		for _, step := range slices.Sorted(maps.Keys(steps)) {
			rules = append(rules, steps[step].rules(typ, step)...)
		}
	}
	return rules, nil
}

func (s segregationStep) rules(typ, step string) []models.SegregationRule {
	var rules []models.SegregationRule
	add := func(r segregationRule) {
		rule := models.SegregationRule{Rule: r.Rule, Text: r.Text, Type: typ, Step: step}
		if !slices.Contains(rules, rule) {
			rules = append(rules, rule)
		}
	}
	for _, relation := range slices.Sorted(maps.Keys(s.Who)) {
		add(s.Who[relation])
	}
	for _, did := range slices.Sorted(maps.Keys(s.Did)) {
		add(s.Did[did])
	}
	for _, flag := range slices.Sorted(maps.Keys(s.Flags)) {
		rules = append(rules, s.Flags[flag].rules(typ, step)...)
	}
	return rules
}

func actionsOf(base map[string]any) ([]models.ActionPolicy, error) {
	raw, err := json.Marshal(base["actions"])
	if err != nil {
		return nil, fmt.Errorf("encode the actions: %w", err)
	}
	var data map[string]struct {
		Roles     []models.Role `json:"roles"`
		Relations []string      `json:"relations"`
		File      []string      `json:"file"`
		Self      bool          `json:"self"`
		Service   bool          `json:"service"`
		Refusal   string        `json:"refusal"`
		Task      struct {
			Grounds []string `json:"grounds"`
		} `json:"task"`
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, fmt.Errorf("read the actions: %w", err)
	}
	actions := make([]models.ActionPolicy, 0, len(data))
	for _, name := range slices.Sorted(maps.Keys(data)) {
		d := data[name]
		relations := slices.Concat(d.Relations, d.File, d.Task.Grounds)
		if d.Self {
			relations = append(relations, "self")
		}
		actions = append(actions, models.ActionPolicy{
			Action: name, Roles: notNull(d.Roles), Relations: notNull(relations), Service: d.Service, Refusal: d.Refusal,
		})
	}
	return actions, nil
}

func notNull[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
