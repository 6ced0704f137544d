// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"strings"
)

// Problem is something wrong with a definition (a form, a calendar), at a path such as "pages[0].sections[1].fields[2].pattern".
type Problem struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// FieldProblem is something wrong with the data of a form. Neither Message nor Code ever repeats the submitted value.
type FieldProblem struct {
	Path    string `json:"path" example:"batches[2].lot"`
	Pointer string `json:"pointer" example:"/batches/2/lot" doc:"RFC 6901"`
	Code    string `json:"code" example:"required"`
	Message string `json:"message"`
}

// Problems are all that is wrong with a definition, as an error.
type Problems []Problem

// Error lists the first problems.
func (ps Problems) Error() string {
	const shown = 5
	parts := make([]string, 0, shown+1)
	for i, p := range ps {
		if i == shown {
			parts = append(parts, fmt.Sprintf("and %d more", len(ps)-shown))
			break
		}
		parts = append(parts, p.Path+": "+p.Message)
	}
	return strings.Join(parts, "; ")
}

// Err is nil when there are no problems.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// maxProblems bounds an answer about hostile input.
const maxProblems = 200

func (ps *Problems) add(path, code, message string) {
	if len(*ps) < maxProblems {
		*ps = append(*ps, Problem{Path: path, Code: code, Message: message})
	}
}

// fieldProblems collects at most maxProblems.
type fieldProblems []FieldProblem

func (ps *fieldProblems) add(at *place, code, message string) {
	if !ps.full() {
		*ps = append(*ps, at.problem(code, message))
	}
}

func (ps *fieldProblems) full() bool { return len(*ps) >= maxProblems }
