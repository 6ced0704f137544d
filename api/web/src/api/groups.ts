// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type {
  GroupsOutputBody,
  GroupView,
  JoinInputBody,
  LeaveInputBody,
  MadeBody,
  NewGroupInputBody,
  Receipt,
  RenameInputBody,
} from "./types.gen";

export type { GroupView } from "./types.gen";

const all = ["groups"] as const;

export const groupsQuery = queryOptions({
  queryKey: [...all, "list"],
  queryFn: async ({ signal }) => (await get<GroupsOutputBody>("/v1/groups", signal)).items,
});

export const groupQuery = (id: string) =>
  queryOptions({ queryKey: [...all, "one", id], queryFn: ({ signal }) => get<GroupView>(url("/v1/groups/{id}", { id }), signal) });

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [[...all], ["users"]] };

export function useNewGroup(told: Told<NewGroupInputBody, MadeBody> = {}): Command<NewGroupInputBody, MadeBody> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/groups", body, ...intent }), ...changes, ...told });
}

export function useRenameGroup(id: string, told: Told<RenameInputBody, Receipt> = {}): Command<RenameInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/groups/{id}/rename", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useJoin(id: string, told: Told<JoinInputBody, Receipt> = {}): Command<JoinInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/groups/{id}/members", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useLeave(id: string, user: string, told: Told<LeaveInputBody, Receipt> = {}): Command<LeaveInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/groups/{id}/members/{user}/remove", { id, user }), body, ...intent }),
    ...changes,
    ...told,
  });
}
