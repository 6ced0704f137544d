// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"fmt"
	"time"

	"github.com/countersign/countersign/models"
)

// Option changes how New makes an Engine.
type Option func(*config)

type config struct {
	timeout  time.Duration
	types    []typeData
	declared models.Types
}

// typeData is what policy has to know of one further type of record.
type typeData struct {
	name                string
	matrix, segregation []byte
}

// WithType adds a type of record, so that a process of one's own brings its policy as data. The matrix is one entry of
// rego/base/matrix.json. Segregation is one entry of rego/base/segregation.json: it adds to the rules that hold for every type
// and may be nil.
func WithType(name string, matrix, segregation []byte) Option {
	return func(c *config) { c.types = append(c.types, typeData{name, matrix, segregation}) }
}

// WithTimeout bounds one evaluation instead of the default one second.
func WithTimeout(d time.Duration) Option {
	return func(c *config) { c.timeout = d }
}

func (t typeData) addTo(base map[string]any) error {
	for part, source := range map[string][]byte{"matrix": t.matrix, "segregation": t.segregation} {
		if source == nil && part == "segregation" {
			continue
		}
		types := base[part].(map[string]any)
		if _, taken := types[t.name]; taken {
			return fmt.Errorf("add type %q: the %s has it already", t.name, part)
		}
		entry, err := decodeObject(source)
		if err != nil {
			return fmt.Errorf("add type %q: %w", t.name, err)
		}
		types[t.name] = entry
	}
	return nil
}
