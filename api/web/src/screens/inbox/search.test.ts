// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import type { TaskItem } from "~/api/tasks";
import { activeFilters, matches, nextOf, queryOf, readSearch, searchOf, viewOf } from "./search";

const task = (id: string, state: TaskItem["state"] = "open") =>
  ({
    id,
    state,
    title: "Approve the extension",
    record: { number: "DEV-2026-0010", title: "Blister foil", class: "major" },
    record_owner: { id: "r", name: "Rasmus Bach" },
    site: { id: "b", name: "Ballerup" },
  }) as TaskItem;

describe("the address of the inbox", () => {
  it("takes what it knows, and a sort that the box has", () => {
    expect(readSearch({ box: "done", sort: "due", task: "1", site: "a,b", other: "x", class: "" })).toEqual({
      box: "done",
      task: "1",
      site: "a,b",
    });
    expect(readSearch({ box: "nonsense", sort: "next" })).toEqual({ sort: "next" });
  });

  it("asks the server for the list, not for the task that is open", () => {
    expect(queryOf({ task: "1", q: "foil", class: "major" })).toEqual({ box: "mine", class: "major" });
  });

  it("keeps a view and finds it again", () => {
    const search = readSearch({ box: "group", sort: "-due", class: "major", q: "foil roll", task: "1" });
    expect(searchOf(viewOf(search))).toEqual({ box: "group", sort: "-due", class: "major", q: "foil roll" });
    expect(activeFilters(search)).toEqual(["class"]);
  });
});

describe("the list", () => {
  it("finds rows by words in any order", () => {
    expect(matches(task("1"), "foil 0010")).toBe(true);
    expect(matches(task("1"), "foil 0011")).toBe(false);
  });

  it("goes on below, then above, and only to what is open", () => {
    const tasks = [task("1"), task("2"), task("3", "done"), task("4")];
    expect(nextOf(tasks, "2")).toBe("4");
    expect(nextOf(tasks, "4")).toBe("2");
    expect(nextOf([task("1")], "1")).toBeUndefined();
    expect(nextOf(tasks, "elsewhere")).toBe("1");
    const gone = new Map(["2", "4"].map((id) => [id, "taken"]));
    expect(nextOf(tasks, "2", gone)).toBe("1");
    expect(nextOf(tasks, "1", gone)).toBeUndefined();
  });
});
