// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Data, Field, FormDefinition } from "./definition";
import { path } from "./place";
import { empty, isList, isObject } from "./value";
import { View } from "./view";

// What a form means with data, as the server sees it: models/testdata/form_vectors.json holds both to it.

export { validate } from "./validate";

/** visible lists the paths of the fields and cells that are shown, in the order of the form. */
export function visible(form: FormDefinition, data: Data): string[] {
  const paths: string[] = [];
  new View(form, data).answers((answer) => paths.push(path(answer.at)));
  return paths;
}

/** clean is a copy of the data with one spelling for "no answer": hidden fields, null and empty values are left out. */
export function clean(form: FormDefinition, data: Data): Data {
  const view = new View(form, data);
  const out: Data = {};
  for (const [id, value] of Object.entries(data)) {
    const field = view.fields.get(id)?.field;
    if (!field) out[id] = structuredClone(value);
    else if (!view.visible(id) || empty(field, value)) continue;
    else out[id] = field.type === "table" ? cleanTable(view, field, value) : structuredClone(value);
  }
  return out;
}

function cleanTable(view: View, table: Field, value: unknown): unknown {
  const out: unknown = structuredClone(value);
  if (!isList(out)) return out;
  view.rows(table, value, (i, row) => {
    const cells = out[i];
    if (!isObject(cells)) return;
    for (const column of table.columns ?? []) {
      if (!row.visible(column) || empty(column, row.value(column.id))) delete (cells as Data)[column.id];
    }
  });
  return out;
}

/** defaults is the data that a new form starts with. */
export function defaults(form: FormDefinition): Data {
  const data: Data = {};
  for (const [id, { field }] of new View(form, {}).fields) {
    if (field.default !== undefined && field.default !== null) data[id] = structuredClone(field.default);
  }
  return data;
}

/** Score is the result of a scored form. Max is what is attainable with the questions shown; percent has one decimal. */
export interface Score {
  points: number;
  max: number;
  percent: number;
  answered: number;
  questions: number;
}

/** score adds up the visible scored fields: models/form_score.go. */
export function score(form: FormDefinition, data: Data): Score {
  const sum: Score = { points: 0, max: 0, percent: 0, answered: 0, questions: 0 };
  new View(form, data).answers(({ field, value }) => {
    if (!scored(field)) return;
    const { points, applies, answered } = pointsOf(field, value);
    sum.questions++;
    if (answered) sum.answered++;
    if (!applies) return;
    sum.points += points * (field.weight || 1);
    sum.max += maxPoints(field) * (field.weight || 1);
  });
  if (sum.max > 0) sum.percent = round((sum.points / sum.max) * 100, 10);
  return { ...sum, points: round(sum.points, 1e6), max: round(sum.max, 1e6) };
}

const round = (x: number, steps: number) => Math.floor(x * steps + 0.5) / steps;

function scored(field: Field): boolean {
  if (field.type === "boolean") return Boolean(field.weight);
  return (field.type === "choice" || field.type === "multi_choice") && Boolean(field.options?.some((o) => o.score !== undefined));
}

// Points before the weight. They do not apply when the answer is an option without a score.
function pointsOf(field: Field, value: unknown): { points: number; applies: boolean; answered: boolean } {
  const open = { points: 0, applies: true, answered: false };
  if (field.type === "boolean") return typeof value === "boolean" ? { points: value ? 1 : 0, applies: true, answered: true } : open;
  if (field.type === "choice") {
    const option = field.options?.find((o) => o.value === value);
    return option ? { points: option.score ?? 0, applies: option.score !== undefined, answered: true } : open;
  }
  const chosen = isList(value) ? (field.options ?? []).filter((o) => value.includes(o.value)) : [];
  if (chosen.length === 0) return open;
  return { points: chosen.reduce((n, o) => n + (o.score ?? 0), 0), applies: chosen.some((o) => o.score !== undefined), answered: true };
}

function maxPoints(field: Field): number {
  if (field.type === "boolean") return 1;
  const scores = (field.options ?? []).map((o) => Math.max(o.score ?? 0, 0));
  return field.type === "multi_choice" ? scores.reduce((n, s) => n + s, 0) : Math.max(0, ...scores);
}
