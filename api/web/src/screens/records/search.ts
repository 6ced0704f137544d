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

/** queryOf is what the API is asked for. A state is of the records that are open or closed, whichever it is. */
export function queryOf({ site, ...search }: RecordsSearch): RecordQuery {
  return site === undefined ? search : { ...search, site: site.split(",") };
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
