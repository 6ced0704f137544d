// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { NoticesOutputBody } from "./types.gen";

export type { Notice } from "./types.gen";

const all = ["notices"] as const;

export const noticeKeys = { all, unread: [...all, "unread"] as const, list: [...all, "list"] as const };

/** unreadQuery is how much a person was told and has not read. 1000 means more. */
export const unreadQuery = queryOptions({
  queryKey: noticeKeys.unread,
  queryFn: async ({ signal }) => (await get<NoticesOutputBody>(url("/v1/notices", {}, { limit: 1 }), signal)).unread,
});

/** noticesQuery is what a person was told, newest first. */
export const noticesQuery = infiniteQueryOptions({
  queryKey: noticeKeys.list,
  queryFn: ({ pageParam, signal }) => get<NoticesOutputBody>(url("/v1/notices", {}, { limit: 30, cursor: pageParam }), signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next_cursor,
});

/** useRead marks what was told up to an instant as read: that of the newest which was shown. */
export function useRead(told: Pick<CommandOptions<string, unknown>, "onRecorded"> = {}): Command<string, unknown> {
  return useCommand({
    send: (through, intent) => send({ address: "/v1/notices/read", body: { through }, ...intent }),
    invalidates: [[...all]],
    ...told,
  });
}
