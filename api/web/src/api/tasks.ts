// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Answer, get, getWithETag, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type {
  CompleteInputBody,
  CountsOutputBody,
  FollowUpInputBody,
  GetTasksData,
  HandoverInputBody,
  IntentResult,
  ReassignInputBody,
  ReassignOutputBody,
  Receipt,
  Task,
  TasksOutputBody,
  Verdict,
} from "./types.gen";

export type { IntentResult, Offered, Reassigned, Receipt, Task, TaskItem, Verdict } from "./types.gen";
export type TaskQuery = Omit<NonNullable<GetTasksData["query"]>, "cursor" | "limit">;
export type Box = NonNullable<TaskQuery["box"]>;

const all = ["tasks"] as const;
const pageSize = 50;

export const taskKeys = {
  all,
  lists: [...all, "list"] as const,
  counts: [...all, "counts"] as const,
  one: (id: string) => [...all, "one", id] as const,
  draft: (id: string) => [...all, "draft", id] as const,
};

/** tasksQuery is one box, page by page. */
export const tasksQuery = (query: TaskQuery) =>
  infiniteQueryOptions({
    queryKey: [...taskKeys.lists, query],
    queryFn: ({ pageParam, signal }) =>
      get<TasksOutputBody>(url("/v1/tasks", {}, { ...query, limit: pageSize, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

export const countsQuery = queryOptions({
  queryKey: taskKeys.counts,
  queryFn: async ({ signal }) => (await get<CountsOutputBody>("/v1/tasks/counts", signal)).counts as Partial<Record<Box, number>>,
});

/** taskQuery is a task with the ETag of its record, which a decision sends back. */
export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: taskKeys.one(id),
    queryFn: ({ signal }): Promise<Answer<Task>> => getWithETag<Task>(url("/v1/tasks/{id}", { id }), signal),
  });

/** prefetchTask reads a task before it is opened: the next one of the list. */
export const prefetchTask = (client: QueryClient, id: string) => client.prefetchQuery(taskQuery(id));

const changes = { invalidates: [[...taskKeys.all]] };

export function useClaim(id: string): Command<void, Receipt> {
  return useCommand({
    send: (_, intent) => send({ address: url("/v1/tasks/{id}/claim", { id }), ...intent }),
    identity: () => "claim",
    ...changes,
  });
}

/** useFollowUp puts a task off: null takes the date away. No due date moves. */
export function useFollowUp(
  id: string,
  told: Pick<CommandOptions<FollowUpInputBody, Receipt>, "onRecorded"> = {},
): Command<FollowUpInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/tasks/{id}/follow_up", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useTaskComment(id: string, told: Pick<CommandOptions<string, Receipt>, "onRecorded"> = {}): Command<string, Receipt> {
  return useCommand({
    send: (text, intent) => send({ address: url("/v1/tasks/{id}/comments", { id }), body: { text }, ...intent }),
    invalidates: [[...taskKeys.one(id)]],
    ...told,
  });
}

/** useReassignMany gives many tasks away, each decided by itself; a dry run only says what would be. */
export function useReassignMany(): Command<ReassignInputBody, ReassignOutputBody> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/tasks/reassign", body, ...intent }), ...changes });
}

export function useRelease(id: string): Command<void, Receipt> {
  return useCommand({
    send: (_, intent) => send({ address: url("/v1/tasks/{id}/release", { id }), ...intent }),
    identity: () => "release",
    ...changes,
  });
}

/** useHandover delegates a task, which comes back, or reassigns it, which does not. */
export function useHandover(
  id: string,
  verb: "delegate" | "reassign",
  told: Pick<CommandOptions<HandoverInputBody, Receipt>, "onRecorded"> = {},
): Command<HandoverInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url(`/v1/tasks/{id}/${verb}`, { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

/** useSigning opens a signing sheet: it stores what is about to be signed, and decides nothing. */
export function useSigning(id: string, ifMatch: string): Command<Verdict, IntentResult> {
  return useCommand({ send: (body, intent) => send({ address: url("/v1/tasks/{id}/signing", { id }), body, ifMatch, ...intent }) });
}

/** useComplete decides a task. What was typed to prove who signs is no part of the intent: a retyped password is the same decision. */
export function useComplete(
  id: string,
  ifMatch: string,
  options: Pick<CommandOptions<CompleteInputBody, Receipt>, "onRecorded"> = {},
): Command<CompleteInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/tasks/{id}/complete", { id }), body, ifMatch, ...intent }),
    identity: ({ signature, ...verdict }) => ({ verdict, intent: signature?.intent, ifMatch }),
    ...changes,
    ...options,
  });
}
