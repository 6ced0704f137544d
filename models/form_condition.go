// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"cmp"
	"slices"
	"strings"
)

// Condition is a test on the data of a form: exactly one of All, Any, Not, or Field with exactly one operator.
//
// Field is the id of a top-level field or, inside a table, "row." and the id of a column of the same row. An absent or hidden
// field is empty. On an empty field every operator is false, except Empty itself and Ne.
type Condition struct {
	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`

	Field    string `json:"field,omitempty"`
	Eq       any    `json:"eq,omitempty"`
	Ne       any    `json:"ne,omitempty"`
	In       []any  `json:"in,omitempty"`
	Gt       any    `json:"gt,omitempty"` // numbers, dates and instants
	Gte      any    `json:"gte,omitempty"`
	Lt       any    `json:"lt,omitempty"`
	Lte      any    `json:"lte,omitempty"`
	Empty    *bool  `json:"empty,omitempty"`
	Contains any    `json:"contains,omitempty"` // an option of a multi_choice, or a part of a text
}

// rowPrefix marks a column of the same row.
const rowPrefix = "row."

// maxConditionDepth and maxConditionSize (tests and listed values) bound the cost of one condition.
const (
	maxConditionDepth = 16
	maxConditionSize  = 200
)

// holds evaluates the condition. lookup finds a field and its value by the name that the condition uses; beyond the permitted
// depth, which Check refuses, nothing holds.
func (c *Condition) holds(lookup func(name string) (*Field, any), depth int) bool {
	switch {
	case depth == 0:
		return false
	case c.All != nil:
		for i := range c.All {
			if !c.All[i].holds(lookup, depth-1) {
				return false
			}
		}
		return true
	case c.Any != nil:
		for i := range c.Any {
			if c.Any[i].holds(lookup, depth-1) {
				return true
			}
		}
		return false
	case c.Not != nil:
		return !c.Not.holds(lookup, depth-1)
	default:
		field, value := lookup(c.Field)
		return field != nil && c.test(field, value)
	}
}

func (c *Condition) test(f *Field, value any) bool {
	empty := f.empty(value)
	switch {
	case c.Empty != nil:
		return empty == *c.Empty
	case c.Ne != nil:
		return empty || !f.same(value, c.Ne)
	case empty:
		return false
	case c.Eq != nil:
		return f.same(value, c.Eq)
	case c.In != nil:
		return slices.ContainsFunc(c.In, func(v any) bool { return f.same(value, v) })
	case c.Contains != nil:
		return f.contains(value, c.Contains)
	default:
		return c.testOrder(f, value)
	}
}

func (c *Condition) testOrder(f *Field, value any) bool {
	is := func(bound any, accept func(int) bool) bool {
		order, ok := f.compare(value, bound)
		return ok && accept(order)
	}
	switch {
	case c.Gt != nil:
		return is(c.Gt, func(o int) bool { return o > 0 })
	case c.Gte != nil:
		return is(c.Gte, func(o int) bool { return o >= 0 })
	case c.Lt != nil:
		return is(c.Lt, func(o int) bool { return o < 0 })
	case c.Lte != nil:
		return is(c.Lte, func(o int) bool { return o <= 0 })
	}
	return false
}

// each calls visit for the condition and all below it, down to the permitted depth.
func (c *Condition) each(depth int, visit func(*Condition)) {
	if c == nil || depth == 0 {
		return
	}
	visit(c)
	for i := range c.All {
		c.All[i].each(depth-1, visit)
	}
	for i := range c.Any {
		c.Any[i].each(depth-1, visit)
	}
	c.Not.each(depth-1, visit)
}

// same reports equality as the field understands it: numbers by value, instants by the instant.
func (f *Field) same(value, other any) bool {
	if order, ok := f.compare(value, other); ok {
		return order == 0
	}
	switch v := value.(type) {
	case string, bool:
		return v == other
	}
	return false
}

// compare orders two numbers, dates or instants.
func (f *Field) compare(value, other any) (int, bool) {
	if f.Type == FieldQuantity {
		if object, ok := value.(map[string]any); ok {
			value = object["value"]
		}
	}
	switch f.Type {
	case FieldInteger, FieldDecimal, FieldQuantity:
		a, okA := numberOf(value)
		b, okB := numberOf(other)
		return cmp.Compare(a, b), okA && okB
	case FieldDate:
		a, okA := value.(string)
		b, okB := other.(string)
		return strings.Compare(a, b), okA && okB
	case FieldInstant:
		a, okA := instantOf(value)
		b, okB := instantOf(other)
		return a.Compare(b), okA && okB
	default:
		return 0, false
	}
}

func (f *Field) contains(value, part any) bool {
	switch v := value.(type) {
	case string:
		text, ok := part.(string)
		return ok && f.Type != FieldMultiChoice && strings.Contains(v, text)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return f.same(item, part) })
	}
	return false
}
