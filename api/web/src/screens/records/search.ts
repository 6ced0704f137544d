// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { RecordQuery } from "~/api/records";

// The address of the list holds its filters, under the names that the API gives them: the board's figures lead here.

const texts = ["type", "state", "class", "site", "owner", "due_before", "closed_from", "closed_before", "area", "product", "q"] as const;

const choices = {
  open: ["true", "false"],
  on_time: ["due", "original"],
  repeat: ["true"],
  human_error: ["true"],
  without: ["class", "area", "product"],
  due: ["overdue", "week", "month"],
  sort: ["due", "-due", "created", "-created", "closed", "-closed"],
} as const;

type Choices = { [K in keyof typeof choices]?: (typeof choices)[K][number] };

/** RecordsSearch is what the address holds; sites are parted by commas. */
export type RecordsSearch = { [K in (typeof texts)[number]]?: string } & Choices;

/** readSearch takes what it knows from an address, and leaves out what it does not. */
export function readSearch(search: Record<string, unknown>): RecordsSearch {
  const read: Record<string, string> = {};
  for (const name of texts) {
    const value = search[name];
    if (typeof value === "string" && value !== "") read[name] = value;
  }
  for (const [name, values] of Object.entries(choices)) {
    const value = (values as readonly string[]).find((v) => v === search[name]);
    if (value !== undefined) read[name] = value;
  }
  return read as RecordsSearch;
}

// The API knows "due before": overdue is before now, and the others before the end of a stretch of days from the end of today.
const stretches = { overdue: 0, week: 7, month: 30 } as const;

/**
 * queryOf is what the API is asked for. A state is of the records that are open or closed, whichever it is. What is due is told from now,
 * so that a saved view means the same on any day; an address that names an instant keeps it.
 */
export function queryOf({ site, due, ...search }: RecordsSearch, now = new Date()): RecordQuery {
  return {
    ...search,
    ...(site === undefined ? {} : { site: site.split(",") }),
    ...(due === undefined ? {} : { due_before: dueBefore(stretches[due], now) }),
  };
}

function dueBefore(days: number, now: Date): string {
  const at = new Date(now);
  if (days > 0) at.setHours(24 * (days + 1), 0, 0, 0);
  else at.setSeconds(0, 0);
  return at.toISOString().replace(".000", "");
}

/** addressOf is the query of an address, as a saved view keeps it. */
export function addressOf(search: RecordsSearch): string {
  return new URLSearchParams(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== "") as [string, string][],
  ).toString();
}

/** sameSearch says whether two addresses list the same. */
export function sameSearch(a: RecordsSearch, b: RecordsSearch): boolean {
  const sorted = (search: RecordsSearch) => addressOf(search).split("&").sort().join("&");
  return sorted(a) === sorted(b);
}
