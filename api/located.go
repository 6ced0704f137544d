// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/countersign/countersign/models"
)

// located turns what huma says about the input into our words. What was submitted is never repeated: it may be a password.
func located(errs []error) []models.FieldProblem {
	fields := make([]models.FieldProblem, 0, len(errs))
	for _, err := range errs {
		detailer, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		d := detailer.ErrorDetail()
		code, message := inOurWords(d.Message)
		path := bodyPath(d.Location)
		if property, ok := missingProperty(d.Message); ok {
			path = strings.TrimPrefix(path+"."+property, ".")
		}
		fields = append(fields, models.FieldProblem{Path: clip(path, maxPath), Code: code, Message: message})
	}
	return fields
}

const maxPath = 200 // bytes of a path that is told back: names of unknown fields are the client's

// bodyPath is a huma location as the path in the body, or of a parameter.
func bodyPath(location string) string {
	if location == "body" {
		return ""
	}
	return strings.TrimPrefix(location, "body.")
}

const missing = "expected required property "

func missingProperty(message string) (string, bool) {
	rest, ok := strings.CutPrefix(message, missing)
	return strings.TrimSuffix(rest, " to be present"), ok
}

// wordings are huma's messages by their beginnings. Only those marked keep go on as they are: they speak of the schema.
var wordings = []struct {
	begins, code, message string
	keep                  bool
}{
	{begins: missing, code: "required", message: "This is required."},
	{begins: "required ", code: "required", message: "This is required."},
	{begins: "unexpected property", code: "unknown", message: "There is no such field."},
	{begins: "unknown query parameter", code: "unknown", message: "There is no such parameter."},
	{begins: "expected value to be one of", code: "enum", keep: true},
	{begins: "expected boolean", code: "type", message: "This is true or false."},
	{begins: "expected integer", code: "type", message: "This is a whole number."},
	{begins: "expected number >", code: "too_small", keep: true},
	{begins: "expected number <", code: "too_large", keep: true},
	{begins: "expected number", code: "type", message: "This is a number."},
	{begins: "expected string to be RFC 3339 date-time", code: "format", message: "This is an instant as in RFC 3339: 2026-12-25T10:00:00Z."},
	{begins: "expected string to be RFC 4122 uuid", code: "format", message: "This is a UUID."},
	{begins: "expected string to match pattern", code: "format", keep: true},
	{begins: "expected string to be", code: "format", message: "This has another form."},
	{begins: "expected string", code: "type", message: "This is a text."},
	{begins: "expected array", code: "type", message: "This is a list."},
	{begins: "expected object", code: "type", message: "This is an object."},
	{begins: "expected length >=", code: "too_short", keep: true},
	{begins: "expected length <=", code: "too_long", keep: true},
	{begins: "invalid integer", code: "type", message: "This is a whole number."},
	{begins: "invalid boolean", code: "type", message: "This is true or false."},
	{begins: "invalid value", code: "format", message: "This has another form."},
	{begins: "invalid date/time", code: "format", message: "This is an instant as in RFC 3339: 2026-12-25T10:00:00Z."},
}

func inOurWords(message string) (code, text string) {
	for _, w := range wordings {
		if strings.HasPrefix(message, w.begins) {
			if w.keep {
				return w.code, message
			}
			return w.code, w.message
		}
	}
	return "invalid", "This value is not valid."
}

// clip cuts a text to at most n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
