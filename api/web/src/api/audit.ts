// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, useCommand } from "./command";
import type {
  Checkpoint,
  DecisionsOutputBody,
  DecisionView,
  EventsOutputBody,
  GetAuditEventsData,
  GetDecisionsData,
  PolicyOverview,
  Proof,
  VerifyLogInputBody,
  VerifyReport,
} from "./types.gen";

export type { AuditEvent, PolicyDecision, PolicyOverview, Proof, StepPolicy, TypePolicy, VerifyReport } from "./types.gen";
export type EventQuery = Omit<NonNullable<GetAuditEventsData["query"]>, "cursor" | "limit">;
export type DecisionQuery = Omit<NonNullable<GetDecisionsData["query"]>, "cursor" | "limit">;

export const eventsQuery = (query: EventQuery) =>
  infiniteQueryOptions({
    queryKey: ["audit", "events", query],
    queryFn: ({ pageParam, signal }) =>
      get<EventsOutputBody>(url("/v1/audit/events", {}, { ...query, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

/** proofQuery proves that an event is in the sealed log. */
export const proofQuery = (event: string) =>
  queryOptions({
    queryKey: ["audit", "proof", event],
    queryFn: ({ signal }) => get<Proof>(url("/v1/audit/proof", {}, { event }), signal),
  });

export const checkpointQuery = queryOptions({
  queryKey: ["audit", "checkpoint"],
  queryFn: ({ signal }) => get<Checkpoint>("/v1/audit/checkpoint", signal),
});

/** useVerify verifies the whole log on the server. It changes nothing. */
export function useVerify(): Command<VerifyLogInputBody, VerifyReport> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/audit/verify", body, ...intent }) });
}

export const decisionsQuery = (query: DecisionQuery) =>
  infiniteQueryOptions({
    queryKey: ["decisions", "list", query],
    queryFn: ({ pageParam, signal }) =>
      get<DecisionsOutputBody>(url("/v1/decisions", {}, { ...query, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

export const decisionQuery = (id: string) =>
  queryOptions({
    queryKey: ["decisions", "one", id],
    queryFn: ({ signal }) => get<DecisionView>(url("/v1/decisions/{id}", { id }), signal),
    staleTime: Number.POSITIVE_INFINITY, // it never changes
  });

export const policiesQuery = queryOptions({
  queryKey: ["policies"],
  queryFn: ({ signal }) => get<PolicyOverview>("/v1/policies", signal),
  staleTime: 60_000,
});
