// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Version } from "~/api/types.gen";

/** Former is what a field said in an earlier version: who changed it, when and why. */
export interface Former {
  /** Path in the part's data: batches[0].lot */
  path: string;
  old: unknown;
  version: number;
  by: string;
  at: string;
  reason: string;
}

const dataPrefix = "data.";

/** partOf splits a path of a version's content into the part of the record and the path within it. Undefined for title and class. */
export function partOf(field: string): { step: string; path: string } | undefined {
  if (!field.startsWith(dataPrefix)) return undefined;
  const rest = field.slice(dataPrefix.length);
  const dot = rest.search(/[.[]/);
  if (dot < 0) return { step: rest, path: "" };
  return { step: rest.slice(0, dot), path: rest.slice(dot).replace(/^\./, "") };
}

/** formersOf gathers by part every value that was there and was changed, the oldest first. What a step first gave has no former value. */
export function formersOf(versions: readonly Version[]): Map<string, Former[]> {
  const all = new Map<string, Former[]>();
  for (const version of versions) {
    for (const change of version.changes) {
      const at = partOf(change.field);
      if (!at || at.path === "" || change.old === null || change.old === undefined) continue;
      const former = {
        path: at.path,
        old: change.old,
        version: version.version,
        by: version.by.name,
        at: version.at,
        reason: version.reason ?? "",
      };
      all.set(at.step, [...(all.get(at.step) ?? []), former]);
    }
  }
  return all;
}

/** formersAt are those of one field: of itself and of what it is made of. A table leaves the cells to themselves. */
export function formersAt(formers: readonly Former[], path: string, whole: boolean): Former[] {
  return formers.filter(
    (former) => former.path === path || (!whole && (former.path.startsWith(`${path}.`) || former.path.startsWith(`${path}[`))),
  );
}
