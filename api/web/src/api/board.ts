// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, url } from "./client";
import type { Board, RecordsOutputBody, TasksOutputBody } from "./types.gen";

export type { Board, BoardLevels, Closure, Figure, StepReturns } from "./types.gen";

/** BoardQuery narrows the board, as the API names it. */
export interface BoardQuery {
  type?: string;
  site?: string;
  area?: string;
  product?: string;
  class?: string;
  from?: string;
  to?: string;
}

export const boardQuery = (query: BoardQuery) =>
  queryOptions({
    queryKey: ["board", query],
    queryFn: ({ signal }) => get<Board>(url("/v1/board", {}, { ...query }), signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** boardFile is the address of the board as a file. The export is recorded. */
export const boardFile = (query: BoardQuery, format: "csv" | "xlsx") => url("/v1/board/export", {}, { ...query, format });

/** listFile is the address of what a figure counts, as a file. */
export const listFile = (of: ListOf, search: Search, format: "csv" | "xlsx") => url(`/v1/${of}/export`, {}, { ...search, format });

export type ListOf = "tasks" | "records";
export type Search = Record<string, string>;

/** A figure names the list that it is the length of: these read it, page by page. */
export const tasksBehind = (search: Search) => behind<TasksOutputBody>("tasks", search);
export const recordsBehind = (search: Search) => behind<RecordsOutputBody>("records", search);

const behind = <T extends { next_cursor?: string }>(of: ListOf, search: Search) =>
  infiniteQueryOptions({
    queryKey: ["board", of, search],
    queryFn: ({ pageParam, signal }) => get<T>(url(`/v1/${of}`, {}, { ...search, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });
