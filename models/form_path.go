// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// place is where a value stands in data. It is a chain, and becomes text only when there is something to say about the place:
// most values have nothing wrong with them. nil is the data itself.
type place struct {
	up      *place
	name    string
	row     int
	isIndex bool
}

func (p *place) key(name string) *place { return &place{up: p, name: name} }
func (p *place) index(row int) *place   { return &place{up: p, row: row, isIndex: true} }

// maxShownKey bounds how much of an unknown key, which may be anything, is repeated in a problem.
const maxShownKey = 64

// path is like "batches[2].lot". A key that is no field id is quoted: `["a b"]`.
func (p *place) path() string {
	if p == nil {
		return ""
	}
	up := p.up.path()
	switch {
	case p.isIndex:
		return up + "[" + strconv.Itoa(p.row) + "]"
	case !isFieldID(p.name):
		quoted, _ := json.Marshal(clip(p.name, maxShownKey)) // a string always marshals
		return up + "[" + string(quoted) + "]"
	case up == "":
		return p.name
	default:
		return up + "." + p.name
	}
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1", "\x00", "\uFFFD")

// pointer is the JSON Pointer (RFC 6901), "/batches/2/lot".
func (p *place) pointer() string {
	if p == nil {
		return ""
	}
	if p.isIndex {
		return p.up.pointer() + "/" + strconv.Itoa(p.row)
	}
	return p.up.pointer() + "/" + pointerEscapes.Replace(clip(p.name, maxShownKey))
}

func (p *place) problem(code, message string) FieldProblem {
	return FieldProblem{Path: p.path(), Pointer: p.pointer(), Code: code, Message: message}
}

func clip(text string, limit int) string {
	n := 0
	for i := range text {
		if n++; n > limit {
			return text[:i]
		}
	}
	return text
}

// isFieldID reports whether id is a lower-case letter followed by at most 63 letters, digits and underscores.
func isFieldID(id string) bool {
	if id == "" || len(id) > 64 || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// pathStep is one step of a parsed path.
type pathStep = place

const maxPathSteps = maxDataDepth

// parsePath reads "batches[2].lot".
func parsePath(path string) ([]pathStep, error) {
	var steps []pathStep
	rest := path
	for first := true; first || rest != ""; first = false {
		if len(steps) == maxPathSteps {
			return nil, errors.New("parse path: too many steps")
		}
		step, after, err := parseStep(rest, first)
		if err != nil {
			return nil, fmt.Errorf("parse path %.80q: %w", path, err)
		}
		steps, rest = append(steps, step), after
	}
	return steps, nil
}

func parseStep(text string, first bool) (pathStep, string, error) {
	if inner, ok := strings.CutPrefix(text, "["); ok && !first {
		digits, after, closed := strings.Cut(inner, "]")
		row, err := strconv.Atoi(digits)
		if !closed || err != nil || strconv.Itoa(row) != digits || row < 0 || row >= maxTableRows {
			return pathStep{}, "", errors.New("a row is like [2]")
		}
		return pathStep{row: row, isIndex: true}, after, nil
	}
	name, dotted := strings.CutPrefix(text, ".")
	if dotted == first {
		return pathStep{}, "", errors.New("names are parted by dots")
	}
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	if !isFieldID(name[:end]) {
		return pathStep{}, "", errors.New("a name is not a field id")
	}
	return pathStep{name: name[:end]}, name[end:], nil
}
