// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/countersign/countersign/models"
)

const defaultTimeout = time.Second // a busy machine must not turn into a denial

// RuleUnavailable is the rule of a denial for want of an answer.
const RuleUnavailable = "policy_unavailable"

// ErrUndefined says that no rule answers: the type of record or the step is not in the matrix.
var ErrUndefined = errors.New("policy has no answer")

// Engine answers from one revision of the policies. It is safe for concurrent use.
type Engine struct {
	decision, step, record, barred, components, scope query

	scopes   *scopeCache
	overview models.PolicyOverview
	source   models.PolicySource
}

// New compiles the embedded bundle, with the data of further types of record.
func New(ctx context.Context, opts ...Option) (*Engine, error) {
	cfg := config{timeout: defaultTimeout}
	for _, opt := range opts {
		opt(&cfg)
	}
	b, err := loadBundle(cfg.types)
	if err != nil {
		return nil, err
	}
	if err := checkTypes(b.overview.Types, cfg.declared); err != nil {
		return nil, err
	}
	e := &Engine{scopes: newScopeCache(), overview: b.overview, source: b.source}
	for path, q := range map[string]*query{
		"data.authz.decision":     &e.decision,
		"data.plan.step":          &e.step,
		"data.plan.record":        &e.record,
		"data.segregation.barred": &e.barred,
		"data.signature.required": &e.components,
		"data.visible.scope":      &e.scope,
	} {
		if *q, err = b.prepare(ctx, path, cfg.timeout); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Revision is the number of the bundle that answers, short for its digest.
func (e *Engine) Revision() int { return e.source.Revision }

// Source is all that answers, to be kept before the first decision names its digest. It is shared and not to be changed.
func (e *Engine) Source() models.PolicySource { return e.source }

// Decide says whether the actor may do what he asks, and every reason why not. It always returns a verdict that can be logged:
// when policy gives no answer the verdict is a denial by RuleUnavailable, and err says why, for the log only.
func (e *Engine) Decide(ctx context.Context, ask models.Ask) (models.Verdict, error) {
	began := time.Now()
	in := input(ask)
	seen := canonical(in)
	digest := sha256.Sum256(seen)
	v := models.Verdict{ID: models.NewID(), Revision: e.Revision(), Policies: e.source.Digest, Input: seen, Digest: digest[:]}
	err := e.decision.answer(ctx, in, &v)
	if err != nil {
		v.Allow, v.Rule = false, RuleUnavailable
		v.Reasons = []models.Reason{{Rule: RuleUnavailable, Text: "Policy gave no answer, and without one nothing is allowed. Try again later."}}
		err = fmt.Errorf("decide %s: %w", ask.Action, err)
	}
	v.Took = time.Since(began)
	return v, err
}

// PlanStep says who may do the step that is about to open (ask.Step, ask.Round), by when and how. For a side step
// ask.Task.Requester names who asked for it (S4). It asks for all the components of a first signing: Components tells what
// one signing needs.
func (e *Engine) PlanStep(ctx context.Context, ask models.Ask) (models.Plan, error) {
	plan := models.Plan{Revision: e.Revision()}
	if err := e.step.answer(ctx, input(opening(ask)), &plan); err != nil {
		return models.Plan{}, fmt.Errorf("plan step %q: %w", ask.Step, err)
	}
	return plan, nil
}

// PlanRecord says by when the record should be closed and who hears of it.
func (e *Engine) PlanRecord(ctx context.Context, ask models.Ask) (models.RecordPlan, error) {
	plan := models.RecordPlan{Revision: e.Revision()}
	if err := e.record.answer(ctx, input(ask), &plan); err != nil {
		return models.RecordPlan{}, fmt.Errorf("plan record: %w", err)
	}
	return plan, nil
}

// Barred lists whom segregation of duties keeps from ask.Task, or from ask.Step where there is no task yet, one entry a rule.
// Refresh a task's barred persons with it whenever the record's persons or performed steps change.
func (e *Engine) Barred(ctx context.Context, ask models.Ask) ([]models.Barred, error) {
	barred := []models.Barred{}
	if err := e.barred.answer(ctx, input(ask), &barred); err != nil {
		return nil, fmt.Errorf("list barred persons: %w", err)
	}
	return barred, nil
}

// Components names what a signing has to be proved with when no signing of the session counts: the first one, every one under
// the strict rule, and every one without a session (21 CFR 11.200(a)(1)(ii)).
func (e *Engine) Components(ctx context.Context, ask models.Ask) ([]string, error) {
	return e.needed(ctx, input(ask))
}

// LaterComponents is Components for a session in which a first signing was made with all of them. Under the session rule it
// asks for less (11.200(a)(1)(i)), under the strict rule it does not.
func (e *Engine) LaterComponents(ctx context.Context, ask models.Ask) ([]string, error) {
	in := input(ask)
	in.Insert(ast.InternedTerm("signed_in_session"), ast.InternedTerm(true))
	return e.needed(ctx, in)
}

func (e *Engine) needed(ctx context.Context, in ast.Object) ([]string, error) {
	var components []string
	if err := e.components.answer(ctx, in, &components); err != nil {
		return nil, fmt.Errorf("list signature components: %w", err)
	}
	return components, nil
}

// opening makes the step about to open the one at hand, whatever task the facts came with.
func opening(ask models.Ask) models.Ask {
	if ask.Step != "" && ask.Task != nil {
		ask.Task = &models.TaskFacts{Step: ask.Step, Round: ask.Round, Requester: ask.Task.Requester}
	}
	return ask
}
