// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// oneField is a form with one field (or several), given as JSON.
func oneField(fields string) string {
	return `{"id":"f","version":1,"title":"F","pages":[{"id":"p","title":"P","sections":[{"id":"s","title":"S","fields":[` + fields + `]}]}]}`
}

func TestFormCheck(t *testing.T) {
	t.Parallel()
	const a = `{"id":"a","label":"A","type":"text"},`
	const n = `{"id":"n","label":"N","type":"integer"},`
	const ch = `{"id":"c","label":"C","type":"choice","options":[{"value":"x","label":"X"}]},`
	show := func(condition string) string {
		return `{"id":"z","label":"Z","type":"text","show_if":` + condition + `}`
	}
	for _, c := range []struct{ name, fields, path, code string }{
		{"bad id", `{"id":"A b","label":"A","type":"text"}`, "fields[0].id", "id"},
		{"id twice", a + strings.TrimSuffix(a, ","), "fields[1].id", "duplicate"},
		{"no label", `{"id":"a","label":"","type":"text"}`, "fields[0].label", "text"},
		{"unknown type", `{"id":"a","label":"A","type":"colour"}`, "fields[0].type", "type"},
		{"setting of another type", `{"id":"a","label":"A","type":"boolean","max_length":3}`, "fields[0].max_length", "unused"},
		{"lengths", `{"id":"a","label":"A","type":"text","min_length":5,"max_length":3}`, "fields[0].max_length", "range"},
		{"length beyond the type", `{"id":"a","label":"A","type":"text","max_length":5000}`, "fields[0].max_length", "range"},
		{"pattern", `{"id":"a","label":"A","type":"text","pattern":"("}`, "fields[0].pattern", "pattern"},
		{"flags in a pattern", `{"id":"a","label":"A","type":"text","pattern":"(?i)a"}`, "fields[0].pattern", "pattern"},
		{"a class that browsers read otherwise", `{"id":"a","label":"A","type":"text","pattern":"\\pL"}`, "fields[0].pattern", "pattern"},
		{"min and max", `{"id":"a","label":"A","type":"decimal","min":2,"max":1}`, "fields[0].min", "range"},
		{"no options", `{"id":"a","label":"A","type":"choice"}`, "fields[0].options", "count"},
		{"option twice", `{"id":"a","label":"A","type":"choice","options":[{"value":"x","label":"X"},{"value":"x","label":"Y"}]}`, "fields[0].options[1].value", "duplicate"},
		{"score", `{"id":"a","label":"A","type":"choice","options":[{"value":"x","label":"X","score":1e9}]}`, "fields[0].options[0].score", "range"},
		{"weight", `{"id":"a","label":"A","type":"boolean","weight":-1}`, "fields[0].weight", "range"},
		{"no units", `{"id":"a","label":"A","type":"quantity"}`, "fields[0].units", "count"},
		{"no columns", `{"id":"a","label":"A","type":"table"}`, "fields[0].columns", "count"},
		{"table in a table", `{"id":"a","label":"A","type":"table","columns":[{"id":"b","label":"B","type":"table"}]}`, "fields[0].columns[0]", "column"},
		{"rows", `{"id":"a","label":"A","type":"table","min_rows":4,"max_rows":3,"columns":[` + strings.TrimSuffix(a, ",") + `]}`, "fields[0].max_rows", "range"},
		{"too many rows", `{"id":"a","label":"A","type":"table","max_rows":10001,"columns":[` + strings.TrimSuffix(a, ",") + `]}`, "fields[0].max_rows", "range"},
		{"default", `{"id":"a","label":"A","type":"integer","default":1.5}`, "fields[0].default", "default"},
		{"unknown field", show(`{"field":"nowhere","eq":"x"}`), "fields[0].show_if.field", "unknown_field"},
		{"row outside a table", a + show(`{"field":"row.a","eq":"x"}`), "fields[1].show_if.field", "unknown_field"},
		{"unknown column", `{"id":"t","label":"T","type":"table","columns":[{"id":"b","label":"B","type":"text","show_if":{"field":"row.x","eq":"x"}}]}`, "fields[0].columns[0].show_if.field", "unknown_field"},
		{"no operator", a + show(`{"field":"a"}`), "fields[1].show_if", "condition"},
		{"two operators", a + show(`{"field":"a","eq":"x","ne":"y"}`), "fields[1].show_if", "condition"},
		{"two shapes", a + show(`{"field":"a","eq":"x","not":{"field":"a","eq":"y"}}`), "fields[1].show_if", "condition"},
		{"nothing", show(`{}`), "fields[0].show_if", "condition"},
		{"empty all", show(`{"all":[]}`), "fields[0].show_if.all", "condition"},
		{"empty in", a + show(`{"field":"a","in":[]}`), "fields[1].show_if.in", "condition"},
		{"order of a text", a + show(`{"field":"a","gt":"x"}`), "fields[1].show_if.gt", "operator"},
		{"part of a number", n + show(`{"field":"n","contains":1}`), "fields[1].show_if.contains", "operator"},
		{"number against text", n + show(`{"field":"n","eq":"1"}`), "fields[1].show_if.eq", "value"},
		{"no such option", ch + show(`{"any":[{"field":"c","in":["x","y"]}]}`), "fields[1].show_if.any[0].in", "value"},
		{"depends on itself", show(`{"field":"z","eq":"x"}`), "fields[0].show_if", "cycle"},
		{"depends on each other", `{"id":"y","label":"Y","type":"text","show_if":{"field":"z","eq":"x"}},` + show(`{"not":{"field":"y","empty":true}}`), "fields[0].show_if", "cycle"},
		{"columns depend on each other", `{"id":"t","label":"T","type":"table","columns":[{"id":"b","label":"B","type":"text","show_if":{"field":"row.d","eq":"x"}},{"id":"d","label":"D","type":"text","show_if":{"field":"row.b","eq":"x"}}]}`, "fields[0].columns[0].show_if", "cycle"},
		{"too deep", a + show(strings.Repeat(`{"not":`, 16)+`{"field":"a","eq":"x"}`+strings.Repeat("}", 16)), "fields[1].show_if" + strings.Repeat(".not", 16), "too_deep"},
		{"too large", a + show(`{"field":"a","in":["x"`+strings.Repeat(`,"x"`, 200)+`]}`), "fields[1].show_if", "too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseForm([]byte(oneField(c.fields)))
			var ps Problems
			require.ErrorAs(t, err, &ps)
			require.Equal(t, "pages[0].sections[0]."+c.path, ps[0].Path)
			require.Equal(t, c.code, ps[0].Code)
		})
	}
	_, err := ParseForm([]byte(oneField(a + show(strings.Repeat(`{"not":`, 15)+`{"field":"a","eq":"x"}`+strings.Repeat("}", 15)))))
	require.NoError(t, err, "16 deep is allowed")
}

// TestConditionOperators asks every operator of a value below, at and above 5 (or its like), and of no value.
func TestConditionOperators(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, condition string
		values           []string // JSON of values of a for which z is shown
		others           []string // and for which it is not
	}{
		{`"type":"integer"`, `"eq":5`, []string{"5", "5.0"}, []string{"4", "6", "null"}},
		{`"type":"integer"`, `"ne":5`, []string{"4", "6", "null"}, []string{"5"}},
		{`"type":"decimal"`, `"gt":5`, []string{"5.1"}, []string{"5", "4", "null"}},
		{`"type":"decimal"`, `"gte":5`, []string{"5", "6"}, []string{"4.9", "null"}},
		{`"type":"decimal"`, `"lt":5`, []string{"4.9", "-6"}, []string{"5", "null"}},
		{`"type":"decimal"`, `"lte":5`, []string{"5", "4"}, []string{"5.01", "null"}},
		{`"type":"decimal"`, `"in":[5,7]`, []string{"5", "7"}, []string{"6", "null"}},
		{`"type":"quantity","units":["kg"]`, `"lte":5`, []string{`{"value":5,"unit":"kg"}`}, []string{`{"value":6,"unit":"kg"}`, `{"unit":"kg"}`}},
		{`"type":"boolean"`, `"eq":false`, []string{"false"}, []string{"true", "null"}},
		{`"type":"date"`, `"lt":"2026-05-05"`, []string{`"2026-05-04"`}, []string{`"2026-05-05"`, `""`}},
		{`"type":"instant"`, `"eq":"2026-05-05T10:00:00Z"`, []string{`"2026-05-05T12:00:00+02:00"`, `"2026-05-05T10:00:00.000Z"`}, []string{`"2026-05-05T10:00:00+02:00"`, `"no"`}},
		{`"type":"text"`, `"contains":"am"`, []string{`"team"`}, []string{`"TEAM"`, `" "`}},
		{`"type":"text"`, `"eq":"x"`, []string{`"x"`}, []string{`"X"`, `"x "`, `["x"]`, `7`}},
		{`"type":"text"`, `"empty":true`, []string{"null", `""`, `" \t"`}, []string{`"x"`}},
		{`"type":"text"`, `"empty":false`, []string{`"x"`}, []string{"null", `""`}},
		{`"type":"multi_choice","options":[{"value":"x","label":"X"},{"value":"y","label":"Y"}]`, `"contains":"y"`, []string{`["y"]`, `["x","y"]`}, []string{`["x"]`, `[]`, `"y"`}},
		{`"type":"file"`, `"empty":true`, []string{`[]`, "null"}, []string{`[{}]`}},
	} {
		form, err := ParseForm([]byte(oneField(`{"id":"a","label":"A",` + c.field + `},{"id":"z","label":"Z","type":"text","show_if":{"field":"a",` + c.condition + `}}`)))
		require.NoError(t, err, c.condition)
		for _, value := range c.values {
			require.Contains(t, form.Visible(decodeRaw(t, []byte(`{"a":`+value+`}`))), "z", "%s %s %s", c.field, c.condition, value)
		}
		for _, value := range c.others {
			require.NotContains(t, form.Visible(decodeRaw(t, []byte(`{"a":`+value+`}`))), "z", "%s %s %s", c.field, c.condition, value)
		}
	}
}

func TestParseFormStrict(t *testing.T) {
	t.Parallel()
	field := `{"id":"a","label":"A","type":"text"}`
	for name, raw := range map[string]string{
		"not JSON":        `{`,
		"not an object":   `[]`,
		"unknown setting": oneField(`{"id":"a","label":"A","type":"text","script":"alert(1)"}`),
		"repeated key":    oneField(`{"id":"a","id":"b","label":"A","type":"text"}`),
		"trailing":        oneField(field) + "{}",
		"no pages":        `{"id":"f","version":1,"title":"F","pages":[]}`,
		"no version":      `{"id":"f","title":"F","pages":[{"id":"p","title":"P","sections":[{"id":"s","title":"S","fields":[` + field + `]}]}]}`,
		"same ids":        `{"id":"f","version":1,"title":"F","pages":[{"id":"p","title":"P","sections":[{"id":"p","title":"S","fields":[` + field + `]}]}]}`,
		"too large":       oneField(field) + strings.Repeat(" ", maxFormBytes),
		"deep":            strings.Repeat("[", 100_000),
	} {
		_, err := ParseForm([]byte(raw))
		require.Error(t, err, name)
	}
	var many []string
	for i := range maxFields + 1 {
		many = append(many, fmt.Sprintf(`{"id":"a%d","label":"A","type":"text"}`, i))
	}
	_, err := ParseForm([]byte(oneField(strings.Join(many, ","))))
	require.ErrorContains(t, err, "must be 1 to 1000, not 1001")
}

func TestFormRoundTrip(t *testing.T) {
	t.Parallel()
	for name := range loadVectors(t).Forms {
		f := loadForm(t, name)
		raw, err := json.Marshal(f)
		require.NoError(t, err)
		back, err := ParseForm(raw)
		require.NoError(t, err)
		require.Equal(t, f, back)
		var plain Form // a decoder that reads numbers as float64 must give the same form
		require.NoError(t, json.Unmarshal(raw, &plain))
		require.Empty(t, plain.Check())
	}
}

func TestFormLabels(t *testing.T) {
	t.Parallel()
	f := loadForm(t, "deviation")
	const person = "0190a0b0-1111-7222-8333-444455556666"
	hash := strings.Repeat("ab", 32)
	data := decodeRaw(t, []byte(`{"summary":"Blister line low","details":"It fell.","occurred":"2026-03-02T09:14:00+01:00","discovered":"2026-03-03",
		"category":"equipment","temperature":{"value":-8.50,"unit":"°C"},"reporter":"`+person+`","photos":[{"name":"line.jpg","sha256":"`+hash+`"}],
		"batches_affected":true,"batches":[{"product":"A","lot":"L1","status":"held","distributed":false,"spare":1}],"other_category":"left over","extra":{"a":1}}`))
	values := map[string]string{}
	var paths []string
	for _, item := range f.Labels(data, map[string]string{person: "Marta Keller"}) {
		values[item.Path] = item.Section + " | " + item.Label + " | " + item.Value
		paths = append(paths, item.Path)
	}
	require.Equal(t, map[string]string{
		"summary": "Event | Short description | Blister line low", "details": "Event | Description | It fell.",
		"occurred": "Event | Occurred | 2 March 2026, 09:14:00 +01:00", "discovered": "Event | Discovered on | 3 March 2026",
		"category": "Event | Category | Equipment", "equipment_id": "Event | Equipment id | Not answered",
		"temperature": "Event | Temperature | -8.5 °C", "reporter": "Event | Reporter | Marta Keller",
		"photos":           "Event | Photos | line.jpg (SHA-256 " + hash + ")",
		"batches_affected": "Impact | Batches affected | Yes", "batches": "Impact | Batch | 1 row",
		"batches[0].product": "Impact | Batch 1: Product | A", "batches[0].lot": "Impact | Batch 1: Lot | L1",
		"batches[0].quantity": "Impact | Batch 1: Quantity | Not answered", "batches[0].status": "Impact | Batch 1: Status | Held",
		"batches[0].distributed": "Not on this form | batches[0].distributed | false",
		"batches[0].spare":       "Not on this form | batches[0].spare | 1",
		"other_category":         `Not on this form | other_category | "left over"`,
		"extra":                  `Not on this form | extra | {"a":1}`,
	}, values)
	require.Equal(t, []string{"summary", "details"}, paths[:2])
	require.Equal(t, []string{"extra", "other_category"}, paths[len(paths)-2:])

	audit := loadForm(t, "ward_audit").Labels(decodeRaw(t, []byte(`{"defects":["rings","gone"],"sink_clean":false,"moments":[7]}`)), nil)
	require.Contains(t, audit, Item{Section: "Hand hygiene", Label: "Defects seen", Value: `Rings worn; "gone" (not an option of this form)`, Path: "defects"})
	require.Contains(t, audit, Item{Section: "Hand hygiene", Label: "Sinks are clean", Value: "No", Path: "sink_clean"})
	require.Contains(t, audit, Item{Section: "Not on this form", Label: "moments[0]", Value: "7", Path: "moments[0]"})
	utc, _ := instantOf("2026-03-02T09:14:00.250Z")
	require.Equal(t, "2 March 2026, 09:14:00.25 UTC", instantWords(utc))
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before := decodeRaw(t, []byte(`{"a":"x","b":1.0,"gone":true,"n":null,"rows":[{"lot":"1","q":2},{"lot":"2"}],"multi":["x","y"],"same":{"v":1}}`))
	after := decodeRaw(t, []byte(`{"a":"y","b":1,"new":5,"rows":[{"lot":"1","q":3},{"lot":"2"},{"lot":"3"}],"multi":["y"],"same":{"v":1.0}}`))
	got := Diff(before, after)
	require.Equal(t, []Change{
		{Path: "a", Old: "x", New: "y"},
		{Path: "gone", Old: true},
		{Path: "multi", Old: []any{"x", "y"}, New: []any{"y"}},
		{Path: "new", New: json.Number("5")},
		{Path: "rows[0].q", Old: json.Number("2"), New: json.Number("3")},
		{Path: "rows[2]", New: map[string]any{"lot": "3"}},
	}, got)
	require.Empty(t, Diff(before, CloneData(before)))
	require.Empty(t, Diff(nil, map[string]any{"n": nil}))
}

func TestValidateChange(t *testing.T) {
	t.Parallel()
	f := loadForm(t, "finding")
	old := map[string]any{"number": "SEC-1", "title": "x"}
	require.Empty(t, f.ValidateChange(old, map[string]any{"number": "SEC-1", "title": "y"}, ModeComplete))
	for _, changed := range []map[string]any{{"number": "SEC-2", "title": "x"}, {"title": "x"}} {
		ps := f.ValidateChange(old, changed, ModeComplete)
		require.Len(t, ps, 1)
		require.Equal(t, "read_only", ps[0].Code)
		require.Equal(t, "number", ps[0].Path)
	}
	require.Empty(t, f.ValidateChange(map[string]any{}, map[string]any{"number": nil, "title": "x"}, ModeComplete))
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	f, err := ParseForm([]byte(oneField(`{"id":"a","label":"A","type":"integer","default":2},{"id":"m","label":"M","type":"multi_choice","options":[{"value":"x","label":"X"}],"default":["x"]}`)))
	require.NoError(t, err)
	first := f.Defaults()
	require.Equal(t, map[string]any{"a": json.Number("2"), "m": []any{"x"}}, first)
	list, ok := first["m"].([]any)
	require.True(t, ok)
	list[0] = "changed"
	require.Equal(t, []any{"x"}, f.Defaults()["m"])
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(loadForm(t, "deviation").JSONSchema())
	require.NoError(t, err)
	var schema struct {
		Schema     string         `json:"$schema"`
		Required   []string       `json:"required"`
		Additional *bool          `json:"additionalProperties"`
		Properties map[string]any `json:"properties"`
	}
	require.NoError(t, json.Unmarshal(raw, &schema))
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", schema.Schema)
	require.Equal(t, []string{"summary", "details", "occurred", "category", "reporter"}, schema.Required, "what may be hidden is not required")
	require.False(t, *schema.Additional)
	require.Len(t, schema.Properties, 13)
	require.Equal(t, map[string]any{"title": "Equipment id", "type": "string", "minLength": 0.0, "maxLength": 4000.0, "pattern": "^(?:[A-Z]{2}-[0-9]{3})$"}, schema.Properties["equipment_id"])
	for name := range loadVectors(t).Forms {
		require.NotEmpty(t, loadForm(t, name).JSONSchema()["properties"], name)
	}
}

// TestValidateBounds sends the largest data that the limits allow, and more, and wants an answer soon.
func TestValidateBounds(t *testing.T) {
	t.Parallel()
	columns := make([]string, maxColumns)
	for i := range columns {
		columns[i] = fmt.Sprintf(`{"id":"c%d","label":"C","type":"text","required":true}`, i)
		if i > 1 { // without remembering each answer this would take 2^50 steps a row
			columns[i] = fmt.Sprintf(`{"id":"c%d","label":"C","type":"text","show_if":{"any":[{"field":"row.c%d","empty":false},{"field":"row.c%d","empty":false}]}}`, i, i-1, i-2)
		}
	}
	f, err := ParseForm([]byte(oneField(`{"id":"t","label":"T","type":"table","columns":[` + strings.Join(columns, ",") + `]}`)))
	require.NoError(t, err)
	rows := make([]any, maxCells/maxColumns)
	for i := range rows {
		rows[i] = map[string]any{}
	}
	require.Len(t, f.Validate(map[string]any{"t": rows}, ModeComplete), maxProblems)
	require.Len(t, f.Visible(map[string]any{"t": rows}), 1+2*len(rows))
	ps := f.Validate(map[string]any{"t": append(rows, map[string]any{})}, ModeComplete)
	require.Equal(t, "too_much", ps[0].Code)
	ps = f.Validate(map[string]any{"t": make([]any, maxTableRows+1)}, ModeDraft)
	require.Equal(t, "too_many_rows", ps[0].Code)
	junk := map[string]any{}
	for i := range 100_000 {
		junk[fmt.Sprint("k", i)] = i
	}
	require.Len(t, f.Validate(junk, ModeDraft), maxProblems)
}

func FuzzFormData(f *testing.F) {
	all := loadVectors(f)
	forms := map[string]*Form{}
	for name := range all.Forms {
		forms[name] = loadForm(f, name)
	}
	for _, v := range all.Vectors {
		f.Add([]byte(v.Data))
	}
	f.Add([]byte(`{"batches":[[[]],{"quantity":[]}],"photos":[null,{}],"temperature":[{}],"":{"\u0000":1e400}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var data map[string]any
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.UseNumber()
		if dec.Decode(&data) != nil {
			return
		}
		for _, form := range forms {
			draft, complete := form.Validate(data, ModeDraft), form.Validate(data, ModeComplete)
			if len(draft) > 0 && len(complete) == 0 {
				t.Fatalf("a complete form is a good draft: %v", draft)
			}
			if len(complete) == 0 {
				require.Empty(t, CheckData(data), "what is valid can be stored")
			}
			checkClean(t, form, data)
			form.Labels(data, nil)
			Diff(data, form.Clean(data))
		}
	})
}

func FuzzParseForm(f *testing.F) {
	for _, raw := range loadVectors(f).Forms {
		f.Add([]byte(raw), []byte(`{"summary":"x"}`))
	}
	f.Fuzz(func(t *testing.T, raw, rawData []byte) {
		var form Form // unchecked on purpose: evaluation is total on any form
		data, err := DecodeData(rawData)
		if json.Unmarshal(raw, &form) != nil || err != nil {
			return
		}
		form.Check()
		form.Validate(data, ModeComplete)
		form.Labels(data, nil)
		form.Score(data)
		form.Clean(data)
		form.JSONSchema()
	})
}
