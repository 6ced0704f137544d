// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Field, FieldType } from "./definition";

// What a value is, by the type of its field: models/form_value.go and models/data.go.

/** Limits of a value, by type. */
const limits = { text: 4_000, longText: 100_000, email: 254, url: 2_000, rows: 10_000, files: 50 };

export const maxFileName = 255;
const maxNumber = Number.MAX_SAFE_INTEGER; // RFC 7493: beyond it a number is not exact in canonical JSON (RFC 8785)

const instantForm = /^([1-9]\d{3}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,3})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const emailForm = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const urlForm = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][^ \t"<>]*)?$/;
export const sha256Form = /^[0-9a-f]{64}$/;

export type Items = readonly unknown[];
export type Members = { readonly [key: string]: unknown };

export const isList = (value: unknown): value is Items => Array.isArray(value);
export const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

/** member reads a key of an object: what it inherits is no answer. */
export const member = (object: Members, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

/** numberOf is a number that canonical JSON carries exactly. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Math.abs(value) <= maxNumber ? value : undefined;

/** dateOf is a calendar date of the years 1000 to 9999, as the days since 1970. */
export function dateOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^[1-9]\d{3}-\d\d-\d\d$/.test(value)) return undefined;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value) ? ms / 86_400_000 : undefined;
}

/** instantOf reads an RFC 3339 instant with at most milliseconds, as milliseconds since 1970. */
export function instantOf(value: unknown): number | undefined {
  const parts = typeof value === "string" ? instantForm.exec(value) : null;
  if (!parts || dateOf(parts[1]) === undefined) return undefined;
  if (Number(parts[2]) > 23 || Number(parts[3]) > 59 || Number(parts[4]) > 59) return undefined;
  return Date.parse(value as string);
}

/** empty says whether a value is no answer. */
export function empty(field: Pick<Field, "type">, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return /^[ \t\r\n\u00a0]*$/.test(value);
  if (isList(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0 || (field.type === "quantity" && (member(value, "value") ?? null) === null);
  return false;
}

/** shaped says whether the value has the JSON type of the field. */
export function shaped(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean";
    case "integer":
    case "decimal":
      return typeof value === "number";
    case "quantity":
      return isObject(value);
    case "multi_choice":
    case "file":
    case "table":
      return isList(value);
    default:
      return typeof value === "string";
  }
}

const lengthLimits: Partial<Record<FieldType, number>> = { long_text: limits.longText, email: limits.email, url: limits.url };

/** maxLength of a text, in Unicode code points. */
export function maxLength(field: Field): number {
  const limit = lengthLimits[field.type] ?? limits.text;
  return field.max_length ? Math.min(limit, field.max_length) : limit;
}

export function maxRows(field: Field): number {
  let limit = limits.rows;
  if (field.type === "file") limit = limits.files;
  if (field.type === "multi_choice") limit = field.options?.length ?? 0;
  return field.max_rows ? Math.min(limit, field.max_rows) : limit;
}

/** hasControl finds control characters. A long text may have tabs and line breaks. */
export function hasControl(text: string, multiline = false): boolean {
  for (const c of text) {
    if (multiline && (c === "\t" || c === "\n" || c === "\r")) continue;
    if (c < " " || c === "\x7f") return true;
  }
  return false;
}

/** formatProblem is what is wrong with a text by the format of its type. */
export function formatProblem(field: Field, text: string): string | undefined {
  switch (field.type) {
    case "date":
      return dateOf(text) === undefined ? "date" : undefined;
    case "instant":
      return instantOf(text) === undefined ? "instant" : undefined;
    case "person":
    case "site":
    case "group":
    case "record":
      return uuidForm.test(text) ? undefined : "id";
    case "email":
      return emailForm.test(text) ? undefined : "email";
    case "url":
      return urlForm.test(text) ? undefined : "url";
    default:
      return undefined;
  }
}
