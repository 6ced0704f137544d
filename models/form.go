// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

// FieldType is the kind of answer that a field takes, and with it the JSON shape of its value.
type FieldType string

// Field types, with the JSON shape of their values.
const (
	FieldText        FieldType = "text"         // string, one line
	FieldLongText    FieldType = "long_text"    // string, several lines
	FieldEmail       FieldType = "email"        // string
	FieldURL         FieldType = "url"          // string, http or https
	FieldInteger     FieldType = "integer"      // number without a fraction
	FieldDecimal     FieldType = "decimal"      // number
	FieldQuantity    FieldType = "quantity"     // {"value": 12.5, "unit": "kg"}
	FieldBoolean     FieldType = "boolean"      // true, false
	FieldDate        FieldType = "date"         // "2026-12-25"
	FieldInstant     FieldType = "instant"      // "2026-12-25T10:00:00Z", RFC 3339, at most milliseconds
	FieldChoice      FieldType = "choice"       // the value of one option
	FieldMultiChoice FieldType = "multi_choice" // array of option values
	FieldPerson      FieldType = "person"       // UUID
	FieldSite        FieldType = "site"         // UUID
	FieldGroup       FieldType = "group"        // UUID
	FieldRecord      FieldType = "record"       // UUID
	FieldFile        FieldType = "file"         // array of {"name": "photo.jpg", "sha256": "<64 hex digits>"}
	FieldTable       FieldType = "table"        // array of objects, one a row
)

// Form is a versioned definition: pages > sections > fields. The data of a record or task is one JSON object, keyed by field id.
// What it means is fixed by testdata/form_vectors.json, which the web client runs too.
type Form struct {
	ID      string     `json:"id"`
	Version int        `json:"version"`
	Title   string     `json:"title"`
	Pages   []FormPage `json:"pages" nullable:"false"`
}

// FormPage is one screen of a form.
type FormPage struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Sections []FormSection `json:"sections" nullable:"false"`
}

// FormSection groups fields under a heading. ShowIf hides all of them.
type FormSection struct {
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	ShowIf *Condition `json:"show_if,omitempty"`
	Fields []Field    `json:"fields" nullable:"false"`
}

// Field is one question. A hidden field has no value: conditions see it as empty, a complete form may not carry one.
type Field struct {
	ID    string    `json:"id"`
	Label string    `json:"label"`
	Help  string    `json:"help,omitempty"`
	Type  FieldType `json:"type"`

	Required   bool       `json:"required,omitempty"`
	RequiredIf *Condition `json:"required_if,omitempty"`
	ShowIf     *Condition `json:"show_if,omitempty"`
	ReadOnly   bool       `json:"read_only,omitempty"` // shown, and changed only by the system
	Personal   bool       `json:"personal,omitempty"`  // personal data: erasable from the audit log after retention
	Default    any        `json:"default,omitempty"`

	MinLength int      `json:"min_length,omitempty"` // in Unicode code points
	MaxLength int      `json:"max_length,omitempty"` // in Unicode code points; 0 is the limit of the type
	Pattern   string   `json:"pattern,omitempty"`    // RE2, must match the whole text
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Units     []string `json:"units,omitempty"` // of a quantity

	Options []Option `json:"options,omitempty"`
	Weight  float64  `json:"weight,omitempty"` // factor of the score; 0 is 1 for choices with scores, and "not scored" for booleans

	Columns []Field `json:"columns,omitempty"`  // of a table; its conditions name columns of the same row "row.<id>"
	MinRows int     `json:"min_rows,omitempty"` // of a table, multi_choice or file
	MaxRows int     `json:"max_rows,omitempty"` // of a table, multi_choice or file; 0 is the limit of the type
}

// Option is one answer of a choice. Without a score the answer is "not applicable" to the score and leaves its maximum too.
type Option struct {
	Value string   `json:"value"`
	Label string   `json:"label"`
	Score *float64 `json:"score,omitempty"`
}

// FormMode says how strictly data is judged.
type FormMode string

// Form modes.
const (
	ModeDraft    FormMode = "draft"    // work in progress: only what could not be stored or read is a problem
	ModeComplete FormMode = "complete" // about to be decided on: everything is checked
)
