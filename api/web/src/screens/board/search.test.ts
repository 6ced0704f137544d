// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { boardAsked, boardSearch, listOf, share } from "./search";

test("keeps what the board knows, and nothing else", () => {
  expect(boardSearch({ period: "year", site: "ballerup", from: "yesterday", class: "", x: "1" })).toEqual({
    period: "year",
    site: "ballerup",
  });
});

test("a named period begins so many days ago, at midnight", () => {
  const { from, to } = boardAsked({ period: "month" }, new Date(2026, 10, 22, 14, 5));
  expect(from).toBe(new Date(2026, 9, 23).toISOString());
  expect(to).toBeUndefined();
});

test("the last day of a period of one's own counts to its end", () => {
  const { from, to } = boardAsked({ period: "own", from: "2026-01-01", to: "2026-01-31" });
  expect(from).toBe(new Date(2026, 0, 1).toISOString());
  expect(to).toBe(new Date(2026, 1, 1).toISOString());
});

test("a figure leads to its list", () => {
  expect(listOf("/v1/tasks?box=all&due_from=2026-11-23T14%3A53%3A39Z")).toEqual({
    of: "tasks",
    search: { box: "all", due_from: "2026-11-23T14:53:39Z" },
  });
  expect(listOf("/v1/records?state=closed").of).toBe("records");
});

test("there is no share of nothing", () => {
  expect(share(1, 4)).toBe(25);
  expect(share(0, 0)).toBeUndefined();
});
