// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, getBytes, url } from "./client";
import { recordKeys } from "./records";
import type {
  CommentsOutputBody,
  EventsOutputBody,
  GetPeopleResponse,
  LinksOutputBody,
  ProcessView,
  SignaturesOutputBody,
  SimilarOutputBody,
  VersionsOutputBody,
} from "./types.gen";

export type { AuditEvent, Comment, FieldChange, Link, ProcessStep, ProcessView, SignatureView, SimilarRecord, Version } from "./types.gen";

// What belongs to one record beside its data: each is asked for when its part of the page is looked at.

const part = <T>(id: string, name: string) =>
  queryOptions({
    queryKey: [...recordKeys.one(id), name],
    queryFn: ({ signal }) => get<T>(url(`/v1/records/{id}/${name}`, { id }), signal),
  });

/** versionsQuery is every version with its changes, the oldest first. */
export const versionsQuery = (id: string) => part<VersionsOutputBody>(id, "versions");

/** signaturesQuery is every signature, each verified as it is read. */
export const signaturesQuery = (id: string) => part<SignaturesOutputBody>(id, "signatures");

export const linksQuery = (id: string) => part<LinksOutputBody>(id, "links");

export const commentsQuery = (id: string) => part<CommentsOutputBody>(id, "comments");

/** similarQuery is the earlier records that this one may repeat. */
export const similarQuery = (id: string) => part<SimilarOutputBody>(id, "similar");

/** processQuery is the process as declared, with where the record stands in it. */
export const processQuery = (id: string) => part<ProcessView>(id, "process");

/** historyQuery is what happened to a record, refused attempts too, page by page. */
export const historyQuery = (id: string, sort: "at" | "-at") =>
  infiniteQueryOptions({
    queryKey: [...recordKeys.one(id), "history", sort],
    queryFn: ({ pageParam, signal }) =>
      get<EventsOutputBody>(url("/v1/records/{id}/history", { id }, { sort, limit: 100, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

/** namesQuery is the printed names of people by id, for records whose data names them. The server tells a hundred at most. */
export const namesQuery = queryOptions({
  queryKey: ["people", "names"],
  queryFn: async ({ signal }) => {
    const { items } = await get<GetPeopleResponse>(url("/v1/people", {}, { limit: 100 }), signal);
    return Object.fromEntries(items.map((person) => [person.id, person.name]));
  },
  staleTime: 10 * 60_000,
});

/** sheetAddress is the page that a signer is or was shown, with a content policy of its own. */
export const sheetAddress = (record: string, sheet: string): string => url("/v1/records/{record}/sheets/{sheet}", { record, sheet });

/** sheetQuery is the SHA-256 of that page as it comes; "" where the browser counts none: on http addresses other than localhost. */
export const sheetQuery = (record: string, sheet: string) =>
  queryOptions({
    queryKey: ["sheets", record, sheet],
    queryFn: async ({ signal }) => {
      const page = await getBytes(sheetAddress(record, sheet), signal);
      if (!crypto.subtle) return "";
      const digest = await crypto.subtle.digest("SHA-256", page);
      return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
    },
    staleTime: Number.POSITIVE_INFINITY, // it never changes
  });

/** evidenceAddress is where a record's evidence pack is downloaded. */
export const evidenceAddress = (id: string): string => url("/v1/records/{id}/evidence", { id });
