// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, url } from "./client";
import type { GetPeopleResponse, GetSitesResponse } from "./types.gen";

export type { PersonItem, Place } from "./types.gen";

/** findPeople finds people by a part of their name or username. */
export const findPeople = (q: string) =>
  queryOptions({
    queryKey: ["people", q],
    queryFn: async ({ signal }) => (await get<GetPeopleResponse>(url("/v1/people", {}, { q, limit: 20 }), signal)).items,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const sitesQuery = queryOptions({
  queryKey: ["sites"],
  queryFn: async ({ signal }) => (await get<GetSitesResponse>("/v1/sites", signal)).items,
  staleTime: 10 * 60_000,
});
