// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Condition, Field } from "./definition";
import { empty, instantOf, isList, isObject, member, numberOf } from "./value";

const maxDepth = 16;

/** Lookup finds a field and its value by the name that a condition uses. */
export type Lookup = (name: string) => { field: Field; value: unknown } | undefined;

/** holds evaluates a condition: models/form_condition.go. Beyond the permitted depth nothing holds. */
export function holds(condition: Condition, lookup: Lookup, depth = maxDepth): boolean {
  if (depth === 0) return false;
  if (condition.all) return condition.all.every((c) => holds(c, lookup, depth - 1));
  if (condition.any) return condition.any.some((c) => holds(c, lookup, depth - 1));
  if (condition.not) return !holds(condition.not, lookup, depth - 1);
  const found = lookup(condition.field ?? "");
  return found !== undefined && test(condition, found.field, found.value);
}

const given = (value: unknown) => value !== undefined && value !== null;

// On an empty field every operator is false, except empty itself and ne.
function test(c: Condition, field: Field, value: unknown): boolean {
  const isEmpty = empty(field, value);
  if (given(c.empty)) return isEmpty === c.empty;
  if (given(c.ne)) return isEmpty || !same(field, value, c.ne);
  if (isEmpty) return false;
  if (given(c.eq)) return same(field, value, c.eq);
  if (c.in) return c.in.some((v) => same(field, value, v));
  if (given(c.contains)) return contains(field, value, c.contains);
  return ordered(c, field, value);
}

function ordered(c: Condition, field: Field, value: unknown): boolean {
  const is = (bound: unknown, accept: (order: number) => boolean) => {
    const order = compare(field, value, bound);
    return order !== undefined && accept(order);
  };
  if (given(c.gt)) return is(c.gt, (o) => o > 0);
  if (given(c.gte)) return is(c.gte, (o) => o >= 0);
  if (given(c.lt)) return is(c.lt, (o) => o < 0);
  if (given(c.lte)) return is(c.lte, (o) => o <= 0);
  return false;
}

// Equality as the field understands it: numbers by value, instants by the instant.
function same(field: Field, value: unknown, other: unknown): boolean {
  const order = compare(field, value, other);
  if (order !== undefined) return order === 0;
  return (typeof value === "string" || typeof value === "boolean") && value === other;
}

function compare(field: Field, value: unknown, other: unknown): number | undefined {
  const read = reader(field);
  if (!read) return undefined;
  const a = read(field.type === "quantity" && isObject(value) ? member(value, "value") : value);
  const b = read(other);
  if (a === undefined || b === undefined) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

function reader(field: Field): ((value: unknown) => number | string | undefined) | undefined {
  switch (field.type) {
    case "integer":
    case "decimal":
    case "quantity":
      return numberOf;
    case "date":
      return (value) => (typeof value === "string" ? value : undefined);
    case "instant":
      return instantOf;
    default:
      return undefined;
  }
}

function contains(field: Field, value: unknown, part: unknown): boolean {
  if (typeof value === "string") return typeof part === "string" && field.type !== "multi_choice" && value.includes(part);
  return isList(value) && value.some((item) => same(field, item, part));
}
