// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"errors"
	"fmt"
	"slices"
)

// segregationStep is what the data adds to the segregation of duties of one step.
type segregationStep struct {
	Who   map[string]segregationRule `json:"who"` // by relation to the record
	Did   map[string]segregationRule `json:"did"` // by step done on it
	Flags map[string]segregationStep `json:"flags"`
}

type segregationRule struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// checkSegregation refuses a rule that names a step or a relation that is not there: it would keep nobody from anything.
func checkSegregation(base map[string]any) error {
	matrix := base["matrix"].(map[string]any)
	for name, data := range base["segregation"].(map[string]any) {
		var t matrixType
		if err := decodeStrictly(matrix[name], &t); err != nil {
			return fmt.Errorf("check segregation of %s: %w", name, err)
		}
		var steps map[string]segregationStep
		if err := decodeStrictly(data, &steps); err != nil {
			return fmt.Errorf("check segregation of %s: %w", name, err)
		}
		for step, rules := range steps {
			if _, ok := t.Steps[step]; !ok {
				return fmt.Errorf("check segregation of %s: %q is no step", name, step)
			}
			if err := rules.check(t); err != nil {
				return fmt.Errorf("check segregation of %s, step %s: %w", name, step, err)
			}
		}
	}
	return nil
}

func (s segregationStep) check(t matrixType) error {
	for relation, rule := range s.Who {
		if !slices.Contains([]string{"reporter", "owner", "involved", "requester"}, relation) {
			return fmt.Errorf("%q is no relation to a record", relation)
		}
		if err := rule.check(); err != nil {
			return err
		}
	}
	for step, rule := range s.Did {
		if _, ok := t.Steps[step]; !ok {
			return fmt.Errorf("%q is no step", step)
		}
		if err := rule.check(); err != nil {
			return err
		}
	}
	for _, more := range s.Flags {
		if err := more.check(t); err != nil {
			return err
		}
	}
	return nil
}

func (r segregationRule) check() error {
	if r.Rule == "" || r.Text == "" {
		return errors.New("a rule without a name or a text")
	}
	return nil
}
