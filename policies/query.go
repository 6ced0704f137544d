// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// query is one prepared question to the bundle.
type query struct {
	prepared rego.PreparedEvalQuery
	timeout  time.Duration
}

// answer asks with in and decodes what Rego says into out. Fields that the answer does not name stay as they are.
func (q query) answer(ctx context.Context, in ast.Value, out any) error {
	value, err := q.eval(ctx, in)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(canonical(value), out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// eval stops at the timeout and when ctx ends. A Cancel of our own saves the goroutine that rego starts otherwise.
func (q query) eval(ctx context.Context, in ast.Value) (ast.Value, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("evaluate policy: %w", err)
	}
	cancel := topdown.NewCancel()
	timer := time.AfterFunc(q.timeout, cancel.Cancel)
	defer timer.Stop()
	stop := context.AfterFunc(ctx, cancel.Cancel)
	defer stop()

	results, err := q.prepared.Eval(ctx, rego.EvalParsedInput(in), rego.EvalExternalCancel(cancel),
		rego.EvalGenerateJSON(asValue), rego.EvalMetrics(metrics.NoOp()))
	switch {
	case topdown.IsCancel(err) && ctx.Err() == nil:
		return nil, fmt.Errorf("evaluate policy: longer than %s: %w", q.timeout, err)
	case err != nil:
		return nil, fmt.Errorf("evaluate policy: %w", errors.Join(ctx.Err(), err))
	}
	if len(results) != 1 || len(results[0].Expressions) != 1 {
		return nil, ErrUndefined
	}
	value, ok := results[0].Expressions[0].Value.(ast.Value)
	if !ok {
		return nil, ErrUndefined
	}
	return value, nil
}

// asValue hands the answer over as it is, without a copy as Go maps.
func asValue(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }
