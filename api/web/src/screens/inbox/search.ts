// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Box, TaskItem, TaskQuery } from "~/api/tasks";

/** The boxes of an inbox. The others are lists that the board leads to. */
export const boxes = ["mine", "group", "waiting", "done"] as const satisfies readonly Box[];

const allBoxes: readonly Box[] = [...boxes, "all", "decided", "requests"];

export type Sort = NonNullable<TaskQuery["sort"]>;

/** filters are what narrows a box, as the API names it. One parameter a value: a list has commas. */
export const filters = [
  "type",
  "site",
  "step",
  "class",
  "assignee",
  "claimed",
  "snoozed",
  "outcome",
  "step_outcome",
  "due_from",
  "due_before",
  "opened_from",
  "opened_before",
  "completed_from",
  "completed_before",
  "age_from",
  "age_to",
  "forecast_days",
  "at",
  "during",
  "area",
  "product",
  "without",
] as const satisfies readonly (keyof TaskQuery)[];

export type Filter = (typeof filters)[number];

/** What the address of the inbox holds. */
export type InboxSearch = { [name in Filter]?: string } & {
  box?: Box;
  sort?: Sort;
  task?: string;
  /** Narrows what is loaded, as it is typed. */
  q?: string;
};

/** sortsOf is how a box can be sorted, as it is unless told first. */
export function sortsOf(box: Box): readonly Sort[] {
  if (box === "done" || box === "decided") return ["-completed", "completed"];
  if (box === "requests") return ["-opened", "opened", "due", "-due"];
  return box === "mine" ? ["due", "-due", "next", "-opened", "opened"] : ["due", "-due", "-opened", "opened"];
}

/** readSearch takes from an address what the inbox knows, and drops the rest. */
export function readSearch(search: { [name: string]: unknown }): InboxSearch {
  const text = (name: string) => {
    const value = search[name];
    return value === undefined || value === null || value === "" ? undefined : String(value);
  };
  const box = allBoxes.find((name) => name === search.box);
  const found: InboxSearch = { box, task: text("task"), q: text("q") };
  found.sort = sortsOf(box ?? "mine").find((name) => name === search.sort);
  for (const name of filters) found[name] = text(name);
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as InboxSearch;
}

/** queryOf is what the server is asked for. */
export function queryOf({ task: _, q: __, ...search }: InboxSearch): TaskQuery {
  return { ...search, box: search.box ?? "mine" } as TaskQuery; // the API reads numbers and lists from text
}

/** viewOf is what a saved view keeps: the list, and not the task that is open. */
export const viewOf = ({ task: _, ...search }: InboxSearch): string => new URLSearchParams(search as { [name: string]: string }).toString();

/** searchOf is a saved view as an address. */
export const searchOf = (query: string): InboxSearch => readSearch(Object.fromEntries(new URLSearchParams(query)));

/** activeFilters are those that narrow the list now. */
export const activeFilters = (search: InboxSearch): Filter[] => filters.filter((name) => search[name] !== undefined);

/** matches says whether a row has all the words that were typed. */
export function matches(task: TaskItem, typed: string): boolean {
  const { record } = task;
  const names = [task.assignee?.name, task.requester?.name, task.record_owner.name];
  const text = [task.title, record.number, record.title, record.class, task.site.name, ...names].join(" ").toLocaleLowerCase();
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** nextOf is the task to open after one was decided: the one below, or above at the end of the list, and none that is gone meanwhile. */
export function nextOf(tasks: readonly TaskItem[], id: string, gone: ReadonlyMap<string, unknown> = new Map()): string | undefined {
  const at = tasks.findIndex((task) => task.id === id);
  const open = (task: TaskItem) => task.state === "open" && task.id !== id && !gone.has(task.id);
  return (tasks.slice(at + 1).find(open) ?? tasks.slice(0, Math.max(at, 0)).reverse().find(open))?.id;
}
