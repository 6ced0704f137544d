// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

// JSONSchema describes complete data of the form as JSON Schema 2020-12, for the API's documentation. Conditions are left out:
// a field that may be hidden is never required here, and Validate has the last word.
func (f *Form) JSONSchema() map[string]any {
	properties, required := map[string]any{}, []any{}
	for p := range f.Pages {
		for s := range f.Pages[p].Sections {
			section := &f.Pages[p].Sections[s]
			for i := range section.Fields {
				field := &section.Fields[i]
				properties[field.ID] = field.schema()
				if field.Required && field.ShowIf == nil && section.ShowIf == nil {
					required = append(required, field.ID)
				}
			}
		}
	}
	schema := objectSchema(properties, required)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = f.Title
	return schema
}

func objectSchema(properties map[string]any, required []any) map[string]any {
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (f *Field) schema() map[string]any {
	schema := f.typeSchema()
	schema["title"] = f.Label
	set := func(key string, present bool, value any) {
		if present {
			schema[key] = value
		}
	}
	set("description", f.Help != "", f.Help)
	set("readOnly", f.ReadOnly, true)
	set("default", f.Default != nil, f.Default)
	return schema
}

func (f *Field) typeSchema() map[string]any {
	switch f.Type {
	case FieldBoolean:
		return map[string]any{"type": "boolean"}
	case FieldInteger:
		return f.numberSchema("integer")
	case FieldDecimal:
		return f.numberSchema("number")
	case FieldQuantity:
		unit := map[string]any{"type": "string", "enum": anys(f.Units)}
		return objectSchema(map[string]any{"value": f.numberSchema("number"), "unit": unit}, []any{"value", "unit"})
	case FieldChoice:
		return f.optionSchema()
	case FieldMultiChoice:
		schema := f.arraySchema(f.optionSchema())
		schema["uniqueItems"] = true
		return schema
	case FieldFile:
		name := map[string]any{"type": "string", "minLength": 1, "maxLength": maxFileName}
		hash := map[string]any{"type": "string", "pattern": reSHA256.String()}
		return f.arraySchema(objectSchema(map[string]any{"name": name, "sha256": hash}, []any{"name", "sha256"}))
	case FieldTable:
		return f.arraySchema(f.rowSchema())
	default:
		return f.textSchema()
	}
}

func (f *Field) numberSchema(kind string) map[string]any {
	schema := map[string]any{"type": kind, "minimum": float64(-maxNumber), "maximum": float64(maxNumber)}
	if f.Min != nil {
		schema["minimum"] = *f.Min
	}
	if f.Max != nil {
		schema["maximum"] = *f.Max
	}
	return schema
}

func (f *Field) optionSchema() map[string]any {
	options := make([]any, len(f.Options))
	for i, o := range f.Options {
		options[i] = map[string]any{"const": o.Value, "title": o.Label}
	}
	return map[string]any{"type": "string", "oneOf": options}
}

func (f *Field) arraySchema(items map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": items, "minItems": f.MinRows, "maxItems": f.maxRows()}
}

func (f *Field) rowSchema() map[string]any {
	properties, required := map[string]any{}, []any{}
	for i := range f.Columns {
		column := &f.Columns[i]
		properties[column.ID] = column.schema()
		if column.Required && column.ShowIf == nil {
			required = append(required, column.ID)
		}
	}
	return objectSchema(properties, required)
}

func (f *Field) textSchema() map[string]any {
	schema := map[string]any{"type": "string"}
	switch f.Type {
	case FieldDate:
		schema["format"] = "date"
	case FieldInstant:
		schema["format"] = "date-time"
	case FieldPerson, FieldSite, FieldGroup, FieldRecord:
		schema["format"] = "uuid"
	case FieldEmail:
		schema["format"] = "email"
		schema["maxLength"] = f.maxLength()
	case FieldURL:
		schema["format"] = "uri"
		schema["maxLength"] = f.maxLength()
	default:
		schema["minLength"], schema["maxLength"] = f.MinLength, f.maxLength()
		if f.Pattern != "" {
			schema["pattern"] = "^(?:" + f.Pattern + ")$"
		}
	}
	return schema
}

func anys(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}
