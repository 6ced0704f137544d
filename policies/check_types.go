// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/countersign/countersign/models"
)

// ForTypes makes New refuse policies that do not know every step that these types of record declare. Without it, such a step would
// be found missing when a record gets there.
func ForTypes(types models.Types) Option {
	return func(c *config) { c.declared = types }
}

// checkTypes holds the declared processes against the matrix: each step must have a line, of its own kind, on its own side.
func checkTypes(known []models.TypePolicy, declared models.Types) error {
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		i := slices.IndexFunc(known, func(t models.TypePolicy) bool { return t.Type == name })
		if i < 0 {
			return fmt.Errorf("check types: the policy matrix does not know the type %q", name)
		}
		for _, step := range declared[name].Steps {
			if err := checkDeclared(known[i].Steps, step); err != nil {
				return fmt.Errorf("check types: type %q, step %q: %w", name, step.Name, err)
			}
		}
	}
	return nil
}

func checkDeclared(lines []models.StepPolicy, step models.Step) error {
	i := slices.IndexFunc(lines, func(l models.StepPolicy) bool { return l.Step == step.Name })
	switch {
	case i < 0:
		return errors.New("the policy matrix does not know it")
	case lines[i].Kind != step.Kind:
		return fmt.Errorf("it is declared as %s, and the policy matrix plans it as %s", step.Kind, lines[i].Kind)
	case lines[i].Side != step.Side:
		return fmt.Errorf("it is declared beside the main line: %t, and in the policy matrix: %t", step.Side, lines[i].Side)
	}
	return nil
}
