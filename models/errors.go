// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"errors"
	"strings"
)

// Code says what kind of answer an error is. Each is the last part of a problem's stable type URI (RFC 9457).
type Code string

// The codes. Statuses are the API's business; the meaning is the same over every door.
const (
	CodeMalformed       Code = "malformed"             // the request cannot be read
	CodeInvalid         Code = "invalid"               // it can be read, and a field is wrong
	CodeUnauthenticated Code = "unauthenticated"       // no session, or it ended
	CodeSigningRefused  Code = "signing_refused"       // a signature component is wrong or missing (11.200)
	CodeForbidden       Code = "forbidden"             // policy said no, with reasons
	CodeNotFound        Code = "not_found"             // no such thing for this organization
	CodeMoved           Code = "state_moved"           // the thing is no longer in the state that the command needs
	CodeStale           Code = "stale_version"         // If-Match names an older version
	CodeNoIfMatch       Code = "precondition_required" // a decision came without If-Match
	CodeKeyReused       Code = "key_reused"            // the Idempotency-Key was used with another body
	CodeTooLarge        Code = "too_large"
	CodeTooMany         Code = "too_many_requests"
	CodeUnknown         Code = "outcome_unknown" // it may or may not have been applied: retry with the same key
	CodeInternal        Code = "internal"
)

// Reason is one sentence of why, with the name of the rule that says so (S1, role, state...).
type Reason struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Error is an answer to a person or a program: what happened and why. Internal causes are never in it.
type Error struct {
	Code    Code           `json:"code"`
	Message string         `json:"message"`
	Reasons []Reason       `json:"reasons,omitempty"`
	Fields  []FieldProblem `json:"fields,omitempty"`
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Message)
	for _, r := range e.Reasons {
		b.WriteString("; " + r.Rule + ": " + r.Text)
	}
	for _, f := range e.Fields {
		b.WriteString("; " + f.Path + ": " + f.Message)
	}
	return b.String()
}

// Refuse makes an Error with reasons.
func Refuse(code Code, message string, reasons ...Reason) *Error {
	return &Error{Code: code, Message: message, Reasons: reasons}
}

// InvalidField makes an Error that names one field.
func InvalidField(path, code, message string) *Error {
	return &Error{Code: CodeInvalid, Message: "The input is not valid.", Fields: []FieldProblem{{Path: path, Code: code, Message: message}}}
}

// ErrUnavailable is wrapped by errors of a server that cannot be reached, has no room or did not answer in time: to be tried again.
var ErrUnavailable = errors.New("unavailable")

// AsError finds the answer in err, if it carries one.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
