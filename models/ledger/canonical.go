// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"
)

// CanonicalError says which value cannot be carried by canonical JSON.
type CanonicalError struct {
	Pointer string // RFC 6901 pointer to the value, "" for the whole document
	Problem string
}

func (e *CanonicalError) Error() string {
	return fmt.Sprintf("canonical JSON: at %q: %s", e.Pointer, e.Problem)
}

// Canonical encodes v as RFC 8785 canonical JSON. A value that would be changed on the way
// (text that is not UTF-8, an integer beyond what a double holds) or that others cannot
// store (U+0000, NaN, infinities) is refused with a [*CanonicalError].
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	var unsupported *json.UnsupportedValueError
	switch {
	case errors.As(err, &unsupported):
		return nil, &CanonicalError{nonFinite(reflect.ValueOf(v), "", 0), "not a finite number"}
	case err != nil:
		return nil, fmt.Errorf("encode as JSON: %w", err)
	}
	return CanonicalJSON(raw)
}

// CanonicalJSON rewrites one JSON document as RFC 8785 canonical JSON, refusing what
// [Canonical] refuses, duplicate member names and trailing data.
func CanonicalJSON(raw []byte) ([]byte, error) {
	if suspicious(raw) {
		if err := locateProblem(raw); err != nil {
			return nil, err
		}
	}
	out, err := jcs.Transform(raw)
	if err == nil {
		return out, nil
	}
	if located := locateProblem(raw); located != nil {
		return nil, located
	}
	return nil, fmt.Errorf("canonical JSON: %w", err)
}

// suspicious is the cheap test that spares nearly every document the token walk.
func suspicious(raw []byte) bool {
	if bytes.Contains(raw, []byte(`\u0000`)) || bytes.Contains(raw, []byte(`\ufffd`)) {
		return true
	}
	const safeDigits = 15 // every integer of 15 digits is exact as a double
	run := 0
	for _, c := range raw {
		if c < '0' || c > '9' {
			run = 0
			continue
		}
		if run++; run > safeDigits {
			return true
		}
	}
	return false
}

// locateProblem walks the tokens of raw and returns the first value to refuse.
func locateProblem(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var path pointer
	for {
		start := dec.InputOffset()
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return nil //nolint:nilerr // malformed: the encoder has the better message
		}
		path.before(tok)
		if problem := tokenProblem(tok, raw[start:dec.InputOffset()]); problem != "" {
			return &CanonicalError{path.String(), problem}
		}
		path.after(tok)
	}
}

func tokenProblem(tok json.Token, raw []byte) string {
	switch tok := tok.(type) {
	case string:
		if strings.ContainsRune(tok, 0) {
			return "the character U+0000 is not allowed"
		}
		// encoding/json writes U+FFFD itself as it is, and this escape for bytes that
		// are not UTF-8: what the caller meant is already lost.
		if strings.ContainsRune(tok, '\uFFFD') && hasEscape(raw, `\ufffd`) {
			return "text is not valid UTF-8"
		}
	case json.Number:
		return numberProblem(tok.String())
	}
	return ""
}

// hasEscape reports whether esc stands in raw with its backslash not itself escaped.
func hasEscape(raw []byte, esc string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(raw[i:], []byte(esc)) {
			return true
		}
		i++
	}
	return false
}

func numberProblem(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return "not a finite number"
	}
	if strings.ContainsAny(s, ".eE") {
		return ""
	}
	if exact := strconv.FormatFloat(f, 'f', -1, 64); exact != s && s != "-0" {
		return fmt.Sprintf("the integer would become %s", exact)
	}
	return ""
}

// pointer follows a token stream and knows the RFC 6901 pointer of the current value.
type pointer struct{ frames []frame }

type frame struct {
	object bool
	index  int    // arrays: of the current element
	key    string // objects: of the current member
	isKey  bool   // objects: the current token is a member name
}

func (p *pointer) before(tok json.Token) {
	if len(p.frames) == 0 || tok == json.Delim('}') || tok == json.Delim(']') {
		return
	}
	f := &p.frames[len(p.frames)-1]
	switch {
	case !f.object:
		f.index++
	case f.isKey:
		f.key = tok.(string)
	}
}

func (p *pointer) after(tok json.Token) {
	switch tok {
	case json.Delim('{'):
		p.frames = append(p.frames, frame{object: true, isKey: true})
		return
	case json.Delim('['):
		p.frames = append(p.frames, frame{index: -1})
		return
	case json.Delim('}'), json.Delim(']'):
		p.frames = p.frames[:len(p.frames)-1]
	}
	if len(p.frames) > 0 {
		f := &p.frames[len(p.frames)-1]
		f.isKey = f.object && !f.isKey
	}
}

func (p *pointer) String() string {
	var b strings.Builder
	for _, f := range p.frames {
		if f.object {
			b.WriteString("/" + escapePointer(f.key))
		} else {
			fmt.Fprintf(&b, "/%d", f.index)
		}
	}
	return b.String()
}

func escapePointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

// nonFinite returns the pointer of the first NaN or infinity under v, or of v itself when
// it hides behind an own JSON method.
func nonFinite(v reflect.Value, at string, depth int) string {
	if found, ok := findNonFinite(v, at, depth); ok {
		return found
	}
	return at
}

func findNonFinite(v reflect.Value, at string, depth int) (string, bool) {
	if depth > 100 {
		return "", false
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return at, math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)
	case reflect.Pointer, reflect.Interface:
		return findNonFinite(v.Elem(), at, depth+1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if found, ok := findNonFinite(v.Index(i), fmt.Sprintf("%s/%d", at, i), depth+1); ok {
				return found, true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			key := at + "/" + escapePointer(fmt.Sprint(it.Key()))
			if found, ok := findNonFinite(it.Value(), key, depth+1); ok {
				return found, true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name == "" {
				name = v.Type().Field(i).Name
			}
			if found, ok := findNonFinite(v.Field(i), at+"/"+escapePointer(name), depth+1); ok {
				return found, true
			}
		}
	}
	return "", false
}
