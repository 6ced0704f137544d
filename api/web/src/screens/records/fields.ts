// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Data, Field, FormDefinition } from "~/forms/definition";
import { isList, isObject, member } from "~/forms/value";
import { View } from "~/forms/view";
import { fieldsOf } from "./forms";

/** Found is the field of a path, and what it is called. */
export interface Found {
  field: Field;
  /** "Batches 2 › Lot" */
  label: string;
  /** What of the field the path means, beyond the field itself: "unit". */
  part: string;
}

const pathForm = /^([^.[]+)(?:\[(\d+)\])?(?:\.([^.[]+))?(.*)$/;

/** fieldAt finds the field that a path in a form's data means: of a cell, its column. */
export function fieldAt(form: FormDefinition, path: string): Found | undefined {
  const [, id, row, next = "", rest = ""] = pathForm.exec(path) ?? [];
  const field = fieldsOf(form).find((f) => f.id === id);
  if (!field) return undefined;
  if (row === undefined) return { field, label: field.label, part: next };
  const label = `${field.label} ${Number(row) + 1}`;
  const column = field.columns?.find((c) => c.id === next);
  if (!column) return { field, label, part: next === "" ? `[${row}]` : next };
  return { field: column, label: `${label} › ${column.label}`, part: rest.replace(/^\./, "") };
}

/** Correctable is one value that can be put right. */
export interface Correctable {
  /** As the API names it: report.batches[0].lot */
  path: string;
  label: string;
  field: Field;
  value: unknown;
}

/** correctables are all values of a submitted part that can be put right: its fields, and the cells of its tables. What the system fills in is not. */
export function correctables(step: string, form: FormDefinition, data: Data): Correctable[] {
  const view = new View(form, data);
  return fieldsOf(form)
    .filter((field) => !field.read_only)
    .flatMap((field) => {
      const value = member(data, field.id);
      const whole = { path: `${step}.${field.id}`, label: field.label, field, value };
      if (field.type !== "table" || !isList(value)) return [whole];
      const cells = value.flatMap((cells, i) => {
        const row = view.row(field, cells);
        return (field.columns ?? [])
          .filter((column) => row.visible(column))
          .map((column) => ({
            path: `${step}.${field.id}[${i}].${column.id}`,
            label: `${field.label} ${i + 1} › ${column.label}`,
            field: column,
            value: isObject(cells) ? member(cells, column.id) : undefined,
          }));
      });
      return [...cells, whole];
    });
}

/** formOfOne is a form that asks for one value only, without the conditions of the form that it is from. The server holds the whole against those. */
export function formOfOne(field: Field, label: string): FormDefinition {
  const { show_if: _, required_if: __, required: ___, default: ____, ...rest } = field;
  const one: Field = { ...rest, id: valueField, label };
  return {
    id: "correction",
    version: 1,
    title: label,
    pages: [{ id: "p", title: label, sections: [{ id: "s", title: "", fields: [one] }] }],
  };
}

/** valueField is the id of the one field of formOfOne. */
export const valueField = "value";
