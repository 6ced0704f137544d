// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

// Clean is a copy of the data with one spelling for "no answer": hidden fields, null and empty values are left out, so that
// equal answers have equal canonical bytes. What the form does not know stays, for Validate to refuse.
func (f *Form) Clean(data map[string]any) map[string]any {
	v := f.view(data)
	out := make(map[string]any, len(data))
	for id, value := range data {
		field := v.fields[id]
		switch {
		case field == nil:
			out[id] = cloneValue(value)
		case !v.visible(field) || field.empty(value):
		case field.Type == FieldTable:
			out[id] = v.cleanTable(field.Field, value)
		default:
			out[id] = cloneValue(value)
		}
	}
	return out
}

func (v *formView) cleanTable(table *Field, value any) any {
	items, ok := value.([]any)
	if !ok {
		return cloneValue(value)
	}
	out, _ := cloneValue(items).([]any)
	v.rows(table, items, func(i int, r *rowView) {
		row, _ := out[i].(map[string]any)
		for c := range table.Columns {
			if column := &table.Columns[c]; !r.visible(v, c) || column.empty(row[column.ID]) {
				delete(row, column.ID)
			}
		}
	})
	return out
}

// Defaults is the data that a new form starts with.
func (f *Form) Defaults() map[string]any {
	data := map[string]any{}
	for id, field := range f.view(nil).fields {
		if field.Default != nil {
			data[id] = cloneValue(field.Default)
		}
	}
	return data
}
