// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// scanLeaf reads from a canonical leaf what verification compares, several times faster than
// encoding/json, which was most of the time of verifying a log. It reports false for
// anything unexpected; the caller then takes the slow way, which has the better error.
//
// It only serves to find what to compare. The bytes themselves are held against the tree.
func scanLeaf(leaf []byte, e *Event) bool {
	return scanObject(leaf, func(key, value []byte) bool {
		switch string(key) {
		case "action":
			return scanText(value, &e.Action)
		case "actor":
			return scanObject(value, func(key, value []byte) bool {
				return string(key) != "id" || scanID(value, &e.Actor.ID)
			})
		case "at":
			return e.At.UnmarshalJSON(value) == nil
		case "changes":
			return !strings.HasPrefix(e.Action, "key.") || json.Unmarshal(value, &e.Changes) == nil
		case "content_hash":
			return scanHash(value, &e.ContentHash)
		case "decision":
			return scanID(value, &e.Decision)
		case "decision_hash":
			return scanHash(value, &e.DecisionHash)
		case "id":
			return scanID(value, &e.ID)
		case "org":
			return scanID(value, &e.Org)
		case "outcome":
			return scanText(value, &e.Outcome)
		case "personal":
			e.Personal = make(Commitments)
			return scanObject(value, func(key, value []byte) bool {
				var h Hash
				ok := scanHash(value, &h)
				e.Personal[string(key)] = h
				return ok
			})
		case "record":
			return scanID(value, &e.Record)
		case "record_no":
			return scanText(value, &e.RecordNo)
		case "seq":
			return scanInt(value, &e.Seq)
		case "signature":
			e.Signature = new(SignatureRef)
			return scanObject(value, func(key, value []byte) bool {
				if string(key) == "id" {
					return scanID(value, &e.Signature.ID)
				}
				return scanHash(value, &e.Signature.Manifest)
			})
		case "version":
			var n int64
			ok := scanInt(value, &n)
			e.Version = int(n)
			return ok
		}
		return true
	})
}

// scanObject calls member for each member of an object without white space whose names have
// no escapes, and reports whether all of it could be read.
func scanObject(b []byte, member func(key, value []byte) bool) bool {
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return false
	}
	if len(b) == 2 {
		return true
	}
	for b = b[1:]; ; b = b[1:] {
		end := scanString(b)
		if end < 0 || end >= len(b) || b[end] != ':' || bytes.IndexByte(b[:end], '\\') >= 0 {
			return false
		}
		key := b[1 : end-1]
		b = b[end+1:]
		end = scanValue(b)
		if end <= 0 || end >= len(b) || !member(key, b[:end]) {
			return false
		}
		b = b[end:]
		if b[0] == '}' {
			return len(b) == 1
		}
		if b[0] != ',' {
			return false
		}
	}
}

// scanString returns the length of the string that b begins with, quotes included, or -1.
func scanString(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return -1
	}
	for i := 1; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for j := i + n - 1; j > 0 && b[j] == '\\'; j-- {
			escapes++
		}
		i += n + 1
		if escapes%2 == 0 {
			return i
		}
	}
	return -1
}

// scanValue returns the length of the value that b begins with, or -1.
func scanValue(b []byte) int {
	depth := 0
	for i := 0; i < len(b); {
		switch b[i] {
		case '"':
			n := scanString(b[i:])
			if n < 0 {
				return -1
			}
			if i += n; depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return -1
}

func scanText(value []byte, s *string) bool {
	if bytes.IndexByte(value, '\\') >= 0 {
		return json.Unmarshal(value, s) == nil
	}
	inner, ok := unquote(value)
	*s = string(inner)
	return ok
}

func scanID(value []byte, id *uuid.UUID) bool {
	inner, ok := unquote(value)
	parsed, err := uuid.ParseBytes(inner)
	*id = parsed
	return ok && err == nil
}

func scanHash(value []byte, h *Hash) bool {
	inner, ok := unquote(value)
	return ok && h.UnmarshalText(inner) == nil
}

func scanInt(value []byte, n *int64) bool {
	parsed, err := strconv.ParseInt(string(value), 10, 64)
	*n = parsed
	return err == nil
}

func unquote(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	return value[1 : len(value)-1], true
}
