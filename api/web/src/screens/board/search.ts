// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { BoardQuery } from "~/api/board";

/** Periods that can be chosen by name, with their days. */
export const periods = { month: 30, quarter: 90, year: 365 } as const;
export type Period = keyof typeof periods | "own";

/** BoardSearch is what the address of the board holds. from and to are days, the last one included. */
export interface BoardSearch {
  period?: Period;
  from?: string;
  to?: string;
  type?: string;
  site?: string;
  area?: string;
  product?: string;
  class?: string;
  by?: Grouping;
}

export const groupings = ["class", "site", "area", "product"] as const;
export type Grouping = (typeof groupings)[number];

const day = /^\d{4}-\d{2}-\d{2}$/;
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const date = (value: unknown) => (typeof value === "string" && day.test(value) ? value : undefined);

/** boardSearch keeps of an address what the board knows. */
export const boardSearch = (search: Record<string, unknown>): BoardSearch => ({
  period: (["month", "quarter", "year", "own"] as const).find((name) => name === search.period),
  from: date(search.from),
  to: date(search.to),
  type: text(search.type),
  site: text(search.site),
  area: text(search.area),
  product: text(search.product),
  class: text(search.class),
  by: groupings.find((name) => name === search.by),
});

/** boardAsked is what the API is asked: days become instants at midnight of this device, and the last day counts to its end. */
export function boardAsked({ period = "quarter", from, to, by: _, ...rest }: BoardSearch, now = new Date()): BoardQuery {
  const midnight = (on: string, later = 0) => {
    const [year = 0, month = 1, date = 1] = on.split("-").map(Number);
    return new Date(year, month - 1, date + later).toISOString();
  };
  if (period !== "own") {
    const start = new Date(now.getFullYear(), now.getMonth(), now.getDate() - periods[period]);
    return { ...rest, from: start.toISOString() };
  }
  return { ...rest, from: from && midnight(from), to: to && midnight(to, 1) };
}

/** listOf parts the address that a figure names into the list and its parameters. */
export function listOf(address: string): { of: "tasks" | "records"; search: Record<string, string> } {
  const [path = "", query = ""] = address.split("?");
  return { of: path.endsWith("/records") ? "records" : "tasks", search: Object.fromEntries(new URLSearchParams(query)) };
}

/** share is a part of a whole in percent, undefined where there is nothing to share. */
export const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : (100 * part) / whole);

/** lastBoard is the board as it was left for one of its lists, to come back to. */
export const lastBoard: { search: BoardSearch } = { search: {} };
