// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { holds, type Lookup } from "./condition";
import type { Condition, Data, Field, FormDefinition, FormSection } from "./definition";
import type { Place } from "./place";
import { type Items, isList, isObject, type Members, member } from "./value";

const maxCells = 200_000; // rows times columns, over all tables
const rowPrefix = "row.";

type Visibility = "asking" | "hidden" | "visible";

/** Answer is one visible field or cell. */
export interface Answer {
  section: FormSection;
  field: Field;
  table?: Field;
  row?: number;
  value: unknown;
  at: Place;
}

/** View is a form looked at with data: what is visible, and the values that count. models/form_view.go. */
export class View {
  readonly sections: FormSection[];
  readonly fields = new Map<string, { field: Field; section: FormSection }>();
  private readonly shown = new Map<string, Visibility>();
  private cells = maxCells; // still to be looked at

  constructor(
    form: FormDefinition,
    readonly data: Data,
  ) {
    this.sections = form.pages.flatMap((page) => page.sections);
    for (const section of this.sections) for (const field of section.fields) this.fields.set(field.id, { field, section });
  }

  value(id: string): unknown {
    return member(this.data, id);
  }

  /** visible says whether a top-level field is shown: its section and itself. A field that depends on itself is hidden. */
  visible(id: string): boolean {
    const known = this.shown.get(id);
    if (known) return known === "visible";
    const at = this.fields.get(id);
    if (!at) return false;
    this.shown.set(id, "asking");
    const visible = this.holds(at.section.show_if) && this.holds(at.field.show_if);
    this.shown.set(id, visible ? "visible" : "hidden");
    return visible;
  }

  /** holds evaluates a condition, which holds if there is none, at the top level or in a row. */
  holds(condition: Condition | undefined, row?: Row): boolean {
    if (!condition) return true;
    const lookup: Lookup = (name) => {
      if (name.startsWith(rowPrefix)) return row?.lookup(name.slice(rowPrefix.length));
      const at = this.fields.get(name);
      return at && { field: at.field, value: this.visible(name) ? this.value(name) : undefined };
    };
    return holds(condition, lookup);
  }

  /** required says whether a visible field must have an answer. */
  required(field: Field, row?: Row): boolean {
    return Boolean(field.required) || (field.required_if !== undefined && this.holds(field.required_if, row));
  }

  /** row is one row of a table, for what is drawn. */
  row(table: Field, cells: unknown): Row {
    return new Row(this, table, isObject(cells) ? cells : {});
  }

  /** rows calls visit for each row that is an object, as long as the budget of cells lasts. It says whether it did. */
  rows(table: Field, value: unknown, visit: (index: number, row: Row) => void): boolean {
    const items: Items = isList(value) ? value : [];
    const columns = table.columns?.length ?? 0;
    if (items.length * Math.max(columns, 1) > this.cells) {
      this.cells = 0;
      return items.length === 0;
    }
    this.cells -= items.length * columns;
    items.forEach((item, index) => {
      if (isObject(item)) visit(index, new Row(this, table, item));
    });
    return true;
  }

  /** answers calls visit for each visible field in the order of the form, a table before its cells, row by row. */
  answers(visit: (answer: Answer) => void): void {
    for (const section of this.sections) {
      for (const field of section.fields) {
        if (this.fields.get(field.id)?.section !== section || !this.visible(field.id)) continue;
        const value = this.value(field.id);
        visit({ section, field, value, at: [field.id] });
        if (field.type !== "table") continue;
        this.rows(field, value, (row, cells) => {
          for (const column of field.columns ?? []) {
            if (!cells.visible(column)) continue;
            visit({ section, field: column, table: field, row, value: cells.value(column.id), at: [field.id, row, column.id] });
          }
        });
      }
    }
  }
}

/** Row is one row of a table. */
export class Row {
  private readonly shown = new Map<string, Visibility>();

  constructor(
    private readonly view: View,
    private readonly table: Field,
    readonly cells: Members,
  ) {}

  value(id: string): unknown {
    return member(this.cells, id);
  }

  visible(column: Field): boolean {
    const known = this.shown.get(column.id);
    if (known) return known === "visible";
    this.shown.set(column.id, "asking");
    const visible = this.view.holds(column.show_if, this);
    this.shown.set(column.id, visible ? "visible" : "hidden");
    return visible;
  }

  lookup(id: string): { field: Field; value: unknown } | undefined {
    const column = this.table.columns?.find((c) => c.id === id);
    return column && { field: column, value: this.visible(column) ? this.value(id) : undefined };
  }
}
