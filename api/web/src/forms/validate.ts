// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Data, DataProblem, Field, FormDefinition, Mode } from "./definition";
import { type Place, path, pointer } from "./place";
import {
  empty,
  formatProblem,
  hasControl,
  type Items,
  isList,
  isObject,
  type Members,
  maxFileName,
  maxLength,
  maxRows,
  member,
  numberOf,
  sha256Form,
  shaped,
} from "./value";
import { type Row, View } from "./view";

const maxProblems = 200;

/** validate says what is wrong with the data, in the order of the form, unknown fields last: models/form_validate.go. */
export function validate(form: FormDefinition, data: Data, mode: Mode): DataProblem[] {
  return new Check(form, data, mode).run();
}

const lengthOf = (text: string) => [...text].length; // in code points

class Check {
  private readonly view: View;
  private readonly problems: DataProblem[] = [];
  private readonly patterns = new Map<string, RegExp | undefined>();

  constructor(
    form: FormDefinition,
    private readonly data: Data,
    private readonly mode: Mode,
  ) {
    this.view = new View(form, data);
  }

  run(): DataProblem[] {
    for (const section of this.view.sections) {
      for (const { id } of section.fields) {
        const known = this.view.fields.get(id);
        if (known) this.field(known.field, this.view.value(id), [id], this.view.visible(id));
      }
    }
    this.unknown([], this.data, (key) => this.view.fields.has(key));
    return this.problems;
  }

  private get full(): boolean {
    return this.problems.length >= maxProblems;
  }

  private add(at: Place, code: string, limit?: number): void {
    if (!this.full) this.problems.push({ path: path(at), pointer: pointer(at), code, ...(limit === undefined ? {} : { limit }) });
  }

  // One field or cell; row is set if it is a cell.
  private field(field: Field, value: unknown, at: Place, shown: boolean, row?: Row): void {
    const complete = this.mode === "complete";
    if (this.full) return;
    if (!shown && complete) {
      if (!empty(field, value)) this.add(at, "hidden");
    } else if (complete && empty(field, value) && this.view.required(field, row)) {
      this.add(at, "required");
    } else if (value !== null && value !== undefined) {
      this.value(field, value, at, complete && shown);
    }
  }

  // Only with complete are the rules tested that work in progress may still break.
  private value(field: Field, value: unknown, at: Place, complete: boolean): void {
    if (!shaped(field, value)) this.add(at, "type");
    else if (typeof value === "string") this.text(field, value, at, complete);
    else if (typeof value === "number") this.number(field, value, at, complete);
    else if (isList(value)) this.list(field, value, at, complete);
    else if (isObject(value)) this.quantity(field, value, at, complete);
  }

  private text(field: Field, text: string, at: Place, complete: boolean): void {
    const length = lengthOf(text);
    if (hasControl(text, field.type === "long_text")) this.add(at, "control_character");
    else if (length > maxLength(field)) this.add(at, "too_long", maxLength(field));
    else if (empty(field, text)) return;
    else if (field.type === "choice") this.option(field, text, at);
    else if ((field.type === "email" || field.type === "url") && !complete)
      return; // half typed
    else {
      const code = formatProblem(field, text);
      if (code) this.add(at, code);
      else if (complete) this.completeText(field, text, length, at);
    }
  }

  private completeText(field: Field, text: string, length: number, at: Place): void {
    if (length < (field.min_length ?? 0)) this.add(at, "too_short", field.min_length);
    if (field.pattern && this.pattern(field.pattern)?.test(text) === false) this.add(at, "pattern");
  }

  private pattern(text: string): RegExp | undefined {
    if (!this.patterns.has(text)) this.patterns.set(text, compile(text));
    return this.patterns.get(text);
  }

  private option(field: Field, value: string, at: Place): void {
    if (!field.options?.some((option) => option.value === value)) this.add(at, "option");
  }

  private number(field: Field, value: number, at: Place, complete: boolean): void {
    const n = numberOf(value);
    if (n === undefined) this.add(at, "number");
    else if (field.type === "integer" && !Number.isInteger(n)) this.add(at, "not_integer");
    else if (complete && field.min !== undefined && n < field.min) this.add(at, "too_small", field.min);
    else if (complete && field.max !== undefined && n > field.max) this.add(at, "too_large", field.max);
  }

  private quantity(field: Field, quantity: Members, at: Place, complete: boolean): void {
    const value = member(quantity, "value") ?? null;
    const unit = member(quantity, "unit") ?? null;
    if (typeof value === "number") this.number(field, value, [...at, "value"], complete);
    else if (value !== null) this.add([...at, "value"], "type");
    if (unit === null) {
      if (complete && !empty(field, quantity)) this.add([...at, "unit"], "required");
    } else if (typeof unit !== "string" || !field.units?.includes(unit)) {
      this.add([...at, "unit"], "unit");
    }
    this.unknown(at, quantity, (key) => key === "value" || key === "unit");
  }

  private list(field: Field, items: Items, at: Place, complete: boolean): void {
    if (items.length > maxRows(field)) {
      this.add(at, "too_many_rows", maxRows(field));
      return;
    }
    if (complete && items.length > 0 && items.length < (field.min_rows ?? 0)) this.add(at, "too_few_rows", field.min_rows);
    if (field.type === "table") this.table(field, items, at);
    else if (field.type === "file") for (const [i, item] of items.entries()) this.file(item, [...at, i]);
    else this.choices(field, items, at);
  }

  private choices(field: Field, items: Items, at: Place): void {
    const seen = new Set<unknown>();
    items.forEach((item, i) => {
      if (typeof item !== "string") this.add([...at, i], "type");
      else if (seen.has(item)) this.add([...at, i], "duplicate");
      else this.option(field, item, [...at, i]);
      seen.add(item);
    });
  }

  private file(item: unknown, at: Place): void {
    const file: Members = isObject(item) ? item : {};
    const name = member(file, "name");
    const hash = member(file, "sha256");
    const named = typeof name === "string" && name !== "" && lengthOf(name) <= maxFileName && !hasControl(name);
    if (!named || typeof hash !== "string" || !sha256Form.test(hash)) this.add(at, "file");
    this.unknown(at, file, (key) => key === "name" || key === "sha256");
  }

  private table(table: Field, items: Items, at: Place): void {
    const columns = table.columns ?? [];
    items.forEach((item, i) => {
      if (!isObject(item)) this.add([...at, i], "type");
    });
    const fits = this.view.rows(table, items, (i, row) => {
      for (const column of columns) this.field(column, row.value(column.id), [...at, i, column.id], row.visible(column), row);
      this.unknown([...at, i], row.cells, (key) => columns.some((column) => column.id === key));
    });
    if (!fits) this.add(at, "too_much");
  }

  // What the definition does not have.
  private unknown(at: Place, object: Members, known: (key: string) => boolean): void {
    for (const key of Object.keys(object)
      .filter((key) => !known(key))
      .sort(byCodePoint))
      this.add([...at, key], "unknown");
  }
}

// The order of Go's strings, which is that of UTF-8.
function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

// A pattern is what RE2 and JavaScript read alike: the server refuses others in a definition. One that does not compile matches all.
function compile(pattern: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(`^(?:${pattern})$`, flags);
    } catch {
      // a lone bracket is an error with the flag u only
    }
  }
  return undefined;
}
