// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from "vitest";
import { addressOf, queryOf, readSearch, sameSearch } from "./search";

describe("the address of the list", () => {
  test("keeps what it knows and leaves out the rest", () =>
    expect(readSearch({ type: "deviation", open: "maybe", sort: "-due", q: "", cursor: "x", owner: 7 })).toEqual({
      type: "deviation",
      sort: "-due",
    }));

  test("takes the figures of the board as they are", () => {
    const list =
      "closed_from=2026-10-01T00:00:00Z&closed_before=2026-11-01T00:00:00Z&on_time=original&site=ballerup,durham&area=Packaging&without=class";
    const search = readSearch(Object.fromEntries(new URLSearchParams(list)));
    expect(queryOf(search)).toEqual({
      closed_from: "2026-10-01T00:00:00Z",
      closed_before: "2026-11-01T00:00:00Z",
      on_time: "original",
      site: ["ballerup", "durham"],
      area: "Packaging",
      without: "class",
    });
  });

  test("is the same view in whatever order it is written", () => {
    const search = { state: "triage", q: "line 3 & 4", sort: "-created" } as const;
    const back = readSearch(Object.fromEntries(new URLSearchParams(addressOf(search))));
    expect(back).toEqual(search);
    expect(sameSearch({ sort: "-created", q: "line 3 & 4", state: "triage" }, back)).toBe(true);
    expect(sameSearch({ ...search, site: undefined }, search)).toBe(true);
    expect(sameSearch({ ...search, site: "durham" }, search)).toBe(false);
  });

  test("says what is due from now on, whenever it was saved", () => {
    const view = readSearch(Object.fromEntries(new URLSearchParams("due=overdue&open=true")));
    expect(addressOf(view)).toBe("open=true&due=overdue");
    expect(queryOf(view, new Date("2026-11-22T10:20:30Z"))).toEqual({ open: "true", due_before: "2026-11-22T10:20:00Z" });
    expect(queryOf(view, new Date("2026-12-01T08:00:00Z"))).toEqual({ open: "true", due_before: "2026-12-01T08:00:00Z" });
    expect(queryOf({ due: "week" }, new Date(2026, 10, 22, 14, 5)).due_before).toBe(
      new Date(2026, 10, 30).toISOString().replace(".000", ""),
    );
    expect(queryOf(readSearch({ due_before: "2026-11-22T10:20:00Z" }))).toEqual({ due_before: "2026-11-22T10:20:00Z" });
  });
});
