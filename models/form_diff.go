// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"maps"
	"slices"
)

// Change is one value that differs. Old or New is nil where the value is absent.
type Change struct {
	Path string `json:"path"`
	Old  any    `json:"old"`
	New  any    `json:"new"`
}

// Diff lists the changes from old to new data, fields in alphabetical order, rows by position: a row taken out in the middle
// shows as changes of the rows after it. An added or removed row is one change. null and absent are the same, and numbers are
// compared by value.
func Diff(old, new map[string]any) []Change {
	changes := []Change{}
	diffObjects(&changes, nil, old, new, maxDataDepth)
	return changes
}

func diffObjects(changes *[]Change, at *place, old, new map[string]any, depth int) {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Keys(new))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		diffValues(changes, at.key(key), old[key], new[key], depth)
	}
}

func diffValues(changes *[]Change, at *place, old, new any, depth int) {
	oldObject, wasObject := old.(map[string]any)
	newObject, isObject := new.(map[string]any)
	oldArray, wasArray := old.([]any)
	newArray, isArray := new.([]any)
	switch {
	case wasObject && isObject && depth > 0:
		diffObjects(changes, at, oldObject, newObject, depth-1)
	case wasArray && isArray && depth > 0 && (holdsRows(oldArray) || holdsRows(newArray)):
		for i := range max(len(oldArray), len(newArray)) {
			diffValues(changes, at.index(i), itemAt(oldArray, i), itemAt(newArray, i), depth-1)
		}
	case !equalValues(old, new):
		*changes = append(*changes, Change{Path: at.path(), Old: old, New: new})
	}
}

// holdsRows tells a table or a list of files from the answers of a multi_choice, which change as a whole.
func holdsRows(items []any) bool {
	return slices.ContainsFunc(items, func(item any) bool { _, ok := item.(map[string]any); return ok })
}

func itemAt(items []any, i int) any {
	if i < len(items) {
		return items[i]
	}
	return nil
}

// equalValues compares deeply.
func equalValues(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && equalObjects(x, y)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equalValues)
	case nil, string, bool:
		return a == b
	default:
		if !isNumber(a) || !isNumber(b) {
			return false
		}
		x64, okX := numberOf(a)
		y64, okY := numberOf(b)
		if !okX || !okY {
			return a == b
		}
		return x64 == y64
	}
}

func equalObjects(a, b map[string]any) bool {
	for key := range a {
		if !equalValues(a[key], b[key]) {
			return false
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok && b[key] != nil {
			return false
		}
	}
	return true
}
