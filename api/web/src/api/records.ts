// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Answer, get, getWithETag, url } from "./client";
import type { GetRecordsData, GetRecordsResponse, GetTypesResponse, Record as RecordBody } from "./types.gen";

export type { RecordItem } from "./types.gen";
export type RecordQuery = Omit<NonNullable<GetRecordsData["query"]>, "cursor" | "limit">;

const all = ["records"] as const;

export const recordKeys = {
  all,
  lists: [...all, "list"] as const,
  one: (id: string) => [...all, "one", id] as const,
};

/** recordsQuery lists records of all types, page by page. */
export const recordsQuery = (query: RecordQuery) =>
  infiniteQueryOptions({
    queryKey: [...recordKeys.lists, query],
    queryFn: ({ pageParam, signal }) => get<GetRecordsResponse>(url("/v1/records", {}, { ...query, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

/** findRecords is what the command palette and the record picker ask: the nearest few by number or title. */
export const findRecords = (q: string) =>
  queryOptions({
    queryKey: [...all, "find", q],
    queryFn: async ({ signal }) => (await get<GetRecordsResponse>(url("/v1/records", {}, { q, limit: 8, sort: "-created" }), signal)).items,
    enabled: q.trim().length > 1,
  });

export const recordQuery = (id: string) =>
  queryOptions({
    queryKey: recordKeys.one(id),
    queryFn: ({ signal }): Promise<Answer<RecordBody>> => getWithETag<RecordBody>(url("/v1/records/{id}", { id }), signal),
  });

/** typesQuery is what can be filed, with each process as declared. */
export const typesQuery = queryOptions({
  queryKey: ["types"],
  queryFn: async ({ signal }) => (await get<GetTypesResponse>("/v1/types", signal)).items,
  staleTime: 10 * 60_000,
});
