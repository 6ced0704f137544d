// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"
)

func TestDecodeData(t *testing.T) {
	t.Parallel()
	data, err := DecodeData([]byte(`{"a":[1,2.50,{"b":null}],"c":"\ud83d\ude00"}`))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": []any{json.Number("1"), json.Number("2.50"), map[string]any{"b": nil}}, "c": "\U0001F600"}, data)
	for _, c := range []struct {
		name, raw string
		code      Code
		path      string
	}{
		{"nothing", ``, CodeMalformed, ""},
		{"not an object", `[1]`, CodeMalformed, ""},
		{"null", `null`, CodeMalformed, ""},
		{"open", `{"a":1`, CodeMalformed, ""},
		{"trailing", `{"a":1} x`, CodeMalformed, ""},
		{"two objects", `{}{}`, CodeMalformed, ""},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", CodeMalformed, ""},
		{"lone high surrogate", `{"a":"\ud83d"}`, CodeMalformed, ""},
		{"lone low surrogate", `{"a":"\ude00x"}`, CodeMalformed, ""},
		{"high and high", `{"a":"\ud83d\ud83d"}`, CodeMalformed, ""},
		{"repeated key", `{"a":[{"b":1,"b":1}]}`, CodeInvalid, "a[0].b"},
		{"repeated key, spelt otherwise", `{"a":1,"\u0061":1}`, CodeInvalid, "a"},
		{"NUL", `{"a":{"b":"\u0000"}}`, CodeInvalid, "a.b"},
		{"NUL in a key", `{"a\u0000":1}`, CodeInvalid, `["a\u0000"]`},
		{"2^53", `{"a":[0,9007199254740992]}`, CodeInvalid, "a[1]"},
		{"too many digits", `{"a":0.12345678901234567891}`, CodeInvalid, "a"},
		{"overflow", `{"a":1e400}`, CodeInvalid, "a"},
		{"underflow", `{"a":1e-400}`, CodeInvalid, "a"},
		{"absurd exponent", `{"a":1e-99999999999999999999}`, CodeInvalid, "a"},
		{"deep", `{"a":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`, CodeInvalid, "a" + strings.Repeat("[0]", 15)},
		{"very deep", strings.Repeat(`{"a":`, 100_000), CodeInvalid, strings.Repeat("a.", 15) + "a"},
		{"too large", `{"a":"` + strings.Repeat("x", maxDataBytes) + `"}`, CodeTooLarge, ""},
	} {
		_, err := DecodeData([]byte(c.raw))
		refused, ok := AsError(err)
		require.True(t, ok, c.name)
		require.Equal(t, c.code, refused.Code, c.name)
		if c.path != "" {
			require.Equal(t, c.path, refused.Fields[0].Path, c.name)
		}
	}
	_, err = DecodeData([]byte(`{"a":"\\ud83d"}`))
	require.NoError(t, err, "an escaped backslash is no surrogate")
}

func TestExactNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0": true, "-0": true, "0.0": true, "0e999999999999": true, "1": true, "1.50": true, "100": true, "1e2": true, "0.1": true, "1e-7": true,
		"9007199254740991": true, "-9007199254740991": true, "9007199254740991.0": true, "0.30000000000000004": true, "5e-324": true,
		"9007199254740992": false, "9007199254740993": false, "1e16": false, "0.1000000000000000055": false, "4503599627370496.25": false,
		"4503599627370495.5": true, "NaN": false, "Inf": false, "0x10": false, "1_000": false, "": false, "e": false,
		strings.Repeat("0", 65): false,
	} {
		_, ok := exactNumber(text)
		require.Equal(t, want, ok, text)
	}
	require.NotEmpty(t, CheckData(map[string]any{"a": math.NaN(), "b": math.Inf(1), "c": struct{}{}}))
	require.Empty(t, CheckData(map[string]any{"a": 1.5, "b": 3, "c": int64(4)}))
}

// FuzzCanonical: what DecodeData accepts survives canonical JSON without a change of value.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":0.1e1,"b":[9007199254740991,-0,1.10]}`, `{"a":"\u2028\ud83d\ude00"}`, `{"a":123456789.123456789}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		data, err := DecodeData(raw)
		if err != nil {
			return
		}
		plain, err := json.Marshal(data)
		require.NoError(t, err)
		canonical, err := jcs.Transform(plain)
		require.NoError(t, err, "%s", plain)
		back, err := DecodeData(canonical)
		require.NoError(t, err, "%s", canonical)
		require.True(t, equalValues(data, back), "%s became %s", plain, canonical)
	})
}

func TestPaths(t *testing.T) {
	t.Parallel()
	data := decodeRaw(t, []byte(`{"a":{"b":[{"c":1},{"c":2}]},"n":null}`))
	for path, want := range map[string]any{"a.b[1].c": json.Number("2"), "n": nil, "a.b[0]": map[string]any{"c": json.Number("1")}} {
		got, ok := GetPath(data, path)
		require.True(t, ok, path)
		require.Equal(t, want, got, path)
	}
	for _, path := range []string{"", "x", "a.x", "a[0]", "a.b[2]", "a.b[-1]", "a.b[01]", "a.b[1", "a..b", ".a", "[0]", "a.b.c", "n.x", "A", "a.b[0].c.d", strings.Repeat("a.", 20) + "a"} {
		_, ok := GetPath(data, path)
		require.False(t, ok, path)
	}
	require.NoError(t, SetPath(data, "a.b[2].c", 3))
	require.NoError(t, SetPath(data, "a.b[0].c", 0))
	require.NoError(t, SetPath(data, "new.list[0]", "x"))
	require.NoError(t, SetPath(data, "n.x", true))
	raw, err := json.Marshal(data)
	require.NoError(t, err)
	require.JSONEq(t, `{"a":{"b":[{"c":0},{"c":2},{"c":3}]},"n":{"x":true},"new":{"list":["x"]}}`, string(raw))
	for _, path := range []string{"", "a.b[4]", "a.b.c", "a[0]", "a.b[0].c.d", "other[1]"} {
		require.Error(t, SetPath(data, path, 1), path)
	}
	require.Error(t, SetPath(nil, "a", 1))
	after, err := json.Marshal(data)
	require.NoError(t, err)
	require.Equal(t, string(raw), string(after), "a refused change changes nothing")

	weird := (*place)(nil).key("a/b~c").index(3).key("d")
	require.Equal(t, `["a/b~c"][3].d`, weird.path())
	require.Equal(t, "/a~1b~0c/3/d", weird.pointer())
	require.Less(t, len((*place)(nil).key(strings.Repeat("x", 1<<20)).path()), 100)
}

func TestCloneData(t *testing.T) {
	t.Parallel()
	data := decodeRaw(t, []byte(`{"a":[{"b":[1]}],"c":{"d":"x"}}`))
	clone := CloneData(data)
	require.Equal(t, data, clone)
	require.NoError(t, SetPath(clone, "a[0].b[0]", 2))
	require.NoError(t, SetPath(clone, "c.d", "y"))
	got, _ := GetPath(data, "a[0].b[0]")
	require.Equal(t, json.Number("1"), got)
	require.Nil(t, CloneData(nil))
}
