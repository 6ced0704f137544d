// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of data. They are far above what people fill in, and keep every function here linear in its input.
const (
	maxDataBytes = 8 << 20
	maxDataDepth = 16
	maxNumber    = 1<<53 - 1 // RFC 7493: beyond it a number is not exact in canonical JSON (RFC 8785)
	maxDigits    = 64
)

// DecodeData reads one JSON object as data: numbers as json.Number, nothing after it. It refuses what JSON libraries disagree
// on, because the bytes are signed and read again elsewhere: repeated keys, invalid UTF-8, unpaired surrogates. The error is an
// *Error.
func DecodeData(raw []byte) (map[string]any, error) {
	if len(raw) > maxDataBytes {
		return nil, Refuse(CodeTooLarge, fmt.Sprintf("The data is larger than %d bytes.", maxDataBytes))
	}
	value, err := decodeJSON(raw, maxDataDepth)
	if err != nil {
		return nil, err
	}
	data, ok := value.(map[string]any)
	if !ok {
		return nil, Refuse(CodeMalformed, "The data is not a JSON object.")
	}
	if ps := CheckData(data); len(ps) > 0 {
		return nil, &Error{Code: CodeInvalid, Message: "The data cannot be stored.", Fields: ps}
	}
	return data, nil
}

func decodeJSON(raw []byte, depth int) (any, error) {
	if !utf8.Valid(raw) || hasLoneSurrogate(raw) {
		return nil, Refuse(CodeMalformed, "The text is not valid Unicode.")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	value, err := decodeValue(dec, nil, depth)
	if refused, ok := AsError(err); ok {
		return nil, refused
	}
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return value, nil
		}
	}
	return nil, Refuse(CodeMalformed, "The text is not one JSON value.")
}

func decodeValue(dec *json.Decoder, at *place, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, nested := token.(json.Delim)
	switch {
	case !nested:
		return token, nil
	case depth == 0:
		return nil, &Error{Code: CodeInvalid, Message: "The data is not valid.", Fields: []FieldProblem{at.problem("too_deep", "This is nested too deeply.")}}
	case delim == '{':
		return decodeObject(dec, at, depth-1)
	default:
		return decodeArray(dec, at, depth-1)
	}
}

func decodeObject(dec *json.Decoder, at *place, depth int) (any, error) {
	object := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		here := at.key(key)
		if _, twice := object[key]; twice {
			return nil, &Error{Code: CodeInvalid, Message: "The data is not valid.", Fields: []FieldProblem{here.problem("duplicate", "This is given twice.")}}
		}
		if object[key], err = decodeValue(dec, here, depth); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

func decodeArray(dec *json.Decoder, at *place, depth int) (any, error) {
	array := []any{}
	for dec.More() {
		value, err := decodeValue(dec, at.index(len(array)), depth)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := dec.Token()
	return array, err
}

// hasLoneSurrogate finds \uD800-\uDFFF escapes that are not a pair. encoding/json would replace them silently.
func hasLoneSurrogate(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		unit, ok := escapedUnit(raw[i:])
		switch {
		case !ok || unit < 0xD800 || unit > 0xDFFF:
			i++ // skip the escaped character, which may be a backslash
		case unit > 0xDBFF:
			return true
		default:
			low, ok := escapedUnit(raw[i+6:])
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 11
		}
	}
	return false
}

// escapedUnit reads a leading \uXXXX.
func escapedUnit(raw []byte) (uint64, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return unit, err == nil
}

// CheckData reports what canonical JSON (RFC 8785) or jsonb cannot carry unchanged: numbers beyond 2^53-1 or with more digits
// than a double holds, NUL characters, too deep nesting, and Go types that JSON does not have. It needs no form.
func CheckData(data map[string]any) []FieldProblem {
	var ps fieldProblems
	checkStorable(&ps, nil, data, maxDataDepth)
	return ps
}

func checkStorable(ps *fieldProblems, at *place, value any, depth int) {
	if ps.full() {
		return
	}
	switch v := value.(type) {
	case nil, bool:
	case string:
		if strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
			ps.add(at, "control_character", "NUL characters are not allowed.")
		}
	case map[string]any:
		if depth == 0 {
			ps.add(at, "too_deep", "This is nested too deeply.")
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if strings.ContainsRune(key, 0) || !utf8.ValidString(key) {
				ps.add(at.key(key), "control_character", "NUL characters are not allowed.")
			}
			checkStorable(ps, at.key(key), v[key], depth-1)
		}
	case []any:
		if depth == 0 {
			ps.add(at, "too_deep", "This is nested too deeply.")
			return
		}
		for i, item := range v {
			checkStorable(ps, at.index(i), item, depth-1)
		}
	default:
		if _, ok := numberOf(v); !ok {
			ps.add(at, "number", "This number is too large or has too many digits to be stored exactly.")
		}
	}
}

// numberOf is the value of a JSON number, if canonical JSON carries it exactly.
func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case json.Number:
		return exactNumber(v.String())
	case float64:
		return v, math.Abs(v) <= maxNumber
	case int:
		return float64(v), v <= maxNumber && v >= -maxNumber
	case int64:
		return float64(v), v <= maxNumber && v >= -maxNumber
	}
	return 0, false
}

func exactNumber(text string) (float64, bool) {
	if len(text) > maxDigits || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) > maxNumber {
		return 0, false
	}
	digits, exponent := significant(text)
	gotDigits, gotExponent := significant(strconv.FormatFloat(f, 'e', -1, 64))
	return f, digits == gotDigits && (digits == "" || exponent == gotExponent)
}

// significant is the digits of a number without leading and trailing zeros, read as a whole number, and the power of ten by
// which to multiply it. It tells whether two texts mean the same number without the cost of large exponents.
func significant(text string) (digits string, exponent int) {
	text = strings.ToLower(strings.TrimLeft(text, "+-"))
	mantissa, power, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = strings.TrimLeft(whole+fraction, "0")
	trimmed := strings.TrimRight(digits, "0")
	n, _ := strconv.Atoi(power) // an absurd exponent has already failed as a float, or multiplies zero
	return trimmed, n - len(fraction) + len(digits) - len(trimmed)
}

// CloneData is a deep copy.
func CloneData(data map[string]any) map[string]any {
	if data == nil {
		return nil
	}
	out := make(map[string]any, len(data))
	for key, value := range data {
		out[key] = cloneValue(value)
	}
	return out
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return CloneData(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	default:
		return value
	}
}

// GetPath is the value at a path such as "batches[2].lot".
func GetPath(data map[string]any, path string) (any, bool) {
	steps, err := parsePath(path)
	if err != nil {
		return nil, false
	}
	var value any = data
	for _, s := range steps {
		switch v := value.(type) {
		case map[string]any:
			member, ok := v[s.name]
			if !ok || s.isIndex {
				return nil, false
			}
			value = member
		case []any:
			if !s.isIndex || s.row >= len(v) {
				return nil, false
			}
			value = v[s.row]
		default:
			return nil, false
		}
	}
	return value, true
}

// SetPath puts value at a path. Missing objects and arrays on the way are made; an array grows by one element at a time.
func SetPath(data map[string]any, path string, value any) error {
	steps, err := parsePath(path)
	if err != nil {
		return fmt.Errorf("set path: %w", err)
	}
	if data == nil {
		return errors.New("set path: there is no data to set it in")
	}
	if _, err := setStep(data, steps, value); err != nil {
		return fmt.Errorf("set path %q: %w", path, err)
	}
	return nil
}

// setStep returns node with the value set below it; an array that grew is another slice. Nothing is changed on an error.
func setStep(node any, steps []pathStep, value any) (any, error) {
	if len(steps) == 0 {
		return value, nil
	}
	if steps[0].isIndex {
		return setIndex(node, steps, value)
	}
	object, ok := node.(map[string]any)
	if node == nil {
		object, ok = map[string]any{}, true
	}
	if !ok {
		return nil, fmt.Errorf("%q is not in an object", steps[0].name)
	}
	member, err := setStep(object[steps[0].name], steps[1:], value)
	if err != nil {
		return nil, err
	}
	object[steps[0].name] = member
	return object, nil
}

func setIndex(node any, steps []pathStep, value any) (any, error) {
	array, ok := node.([]any)
	row := steps[0].row
	if (!ok && node != nil) || row > len(array) {
		return nil, fmt.Errorf("there is no row %d", row)
	}
	var current any
	if row < len(array) {
		current = array[row]
	}
	item, err := setStep(current, steps[1:], value)
	if err != nil {
		return nil, err
	}
	if row == len(array) {
		return append(array, item), nil
	}
	array[row] = item
	return array, nil
}
