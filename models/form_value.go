// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// Limits of a value, by type.
const (
	maxTextLength     = 4_000
	maxLongTextLength = 100_000
	maxEmailLength    = 254 // RFC 5321
	maxURLLength      = 2_000
	maxTableRows      = 10_000
	maxFiles          = 50
	maxFileName       = 255
)

var (
	reInstant = regexp.MustCompile(`^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$`)
	reUUID    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	reSHA256  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	reEmail   = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$")
	reURL     = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][^ \t"<>]*)?$`)
)

// instantOf reads an RFC 3339 instant of the years 1000 to 9999 with at most milliseconds, the precision of every browser.
func instantOf(value any) (time.Time, bool) {
	text, ok := value.(string)
	if !ok || !reInstant.MatchString(text) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// empty reports whether a value is no answer: absent, null, a text of blanks, an empty list, a quantity without a value.
func (f *Field) empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return strings.Trim(v, " \t\r\n\u00a0") == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0 || (f.Type == FieldQuantity && v["value"] == nil)
	}
	return false
}

// shaped reports whether the value has the JSON type of the field.
func (f *Field) shaped(value any) bool {
	switch f.Type {
	case FieldBoolean:
		_, ok := value.(bool)
		return ok
	case FieldInteger, FieldDecimal:
		return isNumber(value)
	case FieldQuantity:
		_, ok := value.(map[string]any)
		return ok
	case FieldMultiChoice, FieldFile, FieldTable:
		_, ok := value.([]any)
		return ok
	default:
		_, ok := value.(string)
		return ok
	}
}

// multiline reports whether the text may hold line breaks and tabs.
func (f *Field) multiline() bool { return f.Type == FieldLongText }

func (f *Field) maxLength() int {
	limit := maxTextLength
	switch f.Type {
	case FieldLongText:
		limit = maxLongTextLength
	case FieldEmail:
		limit = maxEmailLength
	case FieldURL:
		limit = maxURLLength
	default: // one line
	}
	if f.MaxLength > 0 {
		limit = min(limit, f.MaxLength)
	}
	return limit
}

func (f *Field) maxRows() int {
	limit := maxTableRows
	switch f.Type {
	case FieldFile:
		limit = maxFiles
	case FieldMultiChoice:
		limit = len(f.Options)
	default: // a table
	}
	if f.MaxRows > 0 {
		limit = min(limit, f.MaxRows)
	}
	return limit
}

// hasControl reports a control character: NUL breaks Postgres, the rest breaks legibility. A long text may have tabs and line
// breaks.
func hasControl(text string, multiline bool) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		if multiline && (r == '\t' || r == '\n' || r == '\r') {
			return false
		}
		return r < 0x20 || r == 0x7f
	})
}

// formatProblem judges a text by the format of its type.
func (f *Field) formatProblem(text string) (code, message string) {
	switch f.Type {
	case FieldDate:
		if _, ok := parseDate(text); !ok {
			return "date", "Enter a date such as 2026-12-25."
		}
	case FieldInstant:
		if _, ok := instantOf(text); !ok {
			return "instant", "Enter a date and time such as 2026-12-25T10:00:00Z."
		}
	case FieldPerson, FieldSite, FieldGroup, FieldRecord:
		if !reUUID.MatchString(text) {
			return "id", "Choose one from the list."
		}
	case FieldEmail:
		if !reEmail.MatchString(text) {
			return "email", "Enter an e-mail address."
		}
	case FieldURL:
		if !reURL.MatchString(text) {
			return "url", "Enter a web address that starts with http:// or https://."
		}
	default: // any text, or an option
	}
	return "", ""
}

func isNumber(value any) bool {
	switch value.(type) {
	case float64, int, int64, json.Number:
		return true
	}
	return false
}
