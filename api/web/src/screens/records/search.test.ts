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
});
