// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// A form as the server defines it: models/form.go says what each part means.

export type FieldType =
  | "text"
  | "long_text"
  | "email"
  | "url"
  | "integer"
  | "decimal"
  | "quantity"
  | "boolean"
  | "date"
  | "instant"
  | "choice"
  | "multi_choice"
  | "person"
  | "site"
  | "group"
  | "record"
  | "file"
  | "table";

export interface Condition {
  all?: Condition[];
  any?: Condition[];
  not?: Condition;
  field?: string;
  eq?: unknown;
  ne?: unknown;
  in?: unknown[];
  gt?: unknown;
  gte?: unknown;
  lt?: unknown;
  lte?: unknown;
  empty?: boolean;
  contains?: unknown;
}

export interface Option {
  value: string;
  label: string;
  score?: number;
}

export interface Field {
  id: string;
  label: string;
  help?: string;
  type: FieldType;
  required?: boolean;
  required_if?: Condition;
  show_if?: Condition;
  read_only?: boolean;
  personal?: boolean;
  default?: unknown;
  min_length?: number;
  max_length?: number;
  pattern?: string;
  min?: number;
  max?: number;
  units?: string[];
  options?: Option[];
  weight?: number;
  columns?: Field[];
  min_rows?: number;
  max_rows?: number;
}

export interface FormSection {
  id: string;
  title: string;
  show_if?: Condition;
  fields: Field[];
}

export interface FormPage {
  id: string;
  title: string;
  sections: FormSection[];
}

export interface FormDefinition {
  id: string;
  version: number;
  title: string;
  pages: FormPage[];
}

/** Data of a form, by field id. */
export type Data = { [id: string]: unknown };

/** draft is work in progress: only what could not be stored is a problem. complete is about to be decided on. */
export type Mode = "draft" | "complete";

/** DataProblem is something wrong with the data. The words are those of i18n/forms.json: problem.<code>. */
export interface DataProblem {
  /** batches[2].lot */
  path: string;
  /** RFC 6901: /batches/2/lot */
  pointer: string;
  code: string;
  /** The limit that was passed. */
  limit?: number;
  /** The server's words, where it found the problem. */
  message?: string;
}
