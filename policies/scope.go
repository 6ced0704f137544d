// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/countersign/countersign/models"
)

// Scope gives the keys by which the person's lists are read. It is remembered by the facts it came from and not by the person,
// so a revoked role bites at once.
func (e *Engine) Scope(ctx context.Context, person models.Person) (models.Scope, error) {
	in := input(models.Ask{Action: "scope", Actor: person})
	facts := sha256.Sum256(canonical(in))
	scope, ok := e.scopes.get(facts)
	if !ok {
		if err := e.scope.answer(ctx, in, &scope); err != nil {
			return models.Scope{}, fmt.Errorf("find scope: %w", err)
		}
		e.scopes.add(facts, scope)
	}
	return models.Scope{Tasks: slices.Clone(scope.Tasks), Records: slices.Clone(scope.Records), Levels: slices.Clone(scope.Levels)}, nil
}
