// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"fmt"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/countersign/countersign/models"
)

// Canonical is the input that policy sees for ask, as RFC 8785 canonical JSON. A Verdict's digest is its SHA-256, so logging
// these bytes beside the verdict lets anyone check the one against the other.
func Canonical(ask models.Ask) []byte { return canonical(input(ask)) }

func canonical(v ast.Value) []byte { return appendValue(make([]byte, 0, 2048), v) }

// appendValue writes what RFC 8785 asks for: objects sorted by name, no spaces, the shortest strings. Numbers are whole here, and
// written as they are. Sets are written as arrays, sorted.
func appendValue(b []byte, v ast.Value) []byte {
	switch v := v.(type) {
	case ast.Null:
		return append(b, "null"...)
	case ast.Boolean:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case ast.Number:
		return append(b, v...)
	case ast.String:
		return appendString(b, string(v))
	case *ast.Array:
		return appendList(b, v.Foreach)
	case ast.Set:
		return appendList(b, v.Foreach)
	case ast.Object:
		return appendObject(b, v)
	default:
		panic(fmt.Sprintf("policies: %T is no JSON", v)) // cannot be: evaluation yields JSON values and sets only
	}
}

func appendList(b []byte, foreach func(func(*ast.Term))) []byte {
	b = append(b, '[')
	first := true
	foreach(func(t *ast.Term) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendValue(b, t.Value)
	})
	return append(b, ']')
}

func appendObject(b []byte, o ast.Object) []byte {
	b = append(b, '{')
	first := true
	o.Foreach(func(key, value *ast.Term) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendValue(b, key.Value)
		b = append(b, ':')
		b = appendValue(b, value.Value)
	})
	return append(b, '}')
}

func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s { // a byte that is no UTF-8 becomes U+FFFD, as in encoding/json
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, '\\', 'b')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\f':
			b = append(b, '\\', 'f')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
