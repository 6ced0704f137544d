// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { FieldChange } from "~/api/types.gen";
import { isObject } from "~/forms/value";

/** ChangedFile is a file that a change attached or took off. */
export interface ChangedFile {
  name: string;
  sha256: string;
  removed: boolean;
}

/**
 * changedFiles are the files that a change is about; undefined where it is about something else. Versions tell them by name, the first of
 * a record all at once, and the audit trail as it was told.
 */
export function changedFiles({ field, old, new: now }: FieldChange): ChangedFile[] | undefined {
  const sides = [
    { given: old, removed: true },
    { given: now, removed: false },
  ];
  if (field === "file") {
    return sides.flatMap(({ given, removed }) => (isObject(given) ? [file(given.name, given.sha256, removed)] : []));
  }
  if (field === "files") {
    return sides.flatMap(({ given, removed }) =>
      isObject(given) ? Object.entries(given).map(([name, sha256]) => file(name, sha256, removed)) : [],
    );
  }
  const name = /^files(?:\[(".*")\]|\.(.+))$/s.exec(field);
  if (!name) return undefined;
  const text = name[2] ?? (JSON.parse(name[1] ?? '""') as string);
  return sides.flatMap(({ given, removed }) => (typeof given === "string" ? [file(text, given, removed)] : []));
}

const file = (name: unknown, sha256: unknown, removed: boolean): ChangedFile => ({ name: String(name), sha256: String(sha256), removed });
