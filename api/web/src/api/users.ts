// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type {
  EndSessionInputBody,
  GetUsersData,
  Issued,
  NewGrant,
  NewUserInputBody,
  Receipt,
  RevokeInputBody,
  SessionsOutputBody,
  UserInputBody,
  UsersOutputBody,
  UserView,
  VerifyInputBody,
} from "./types.gen";

export type { GrantView, Issued, NewGrant, SessionView, UserItem, UserView } from "./types.gen";
export type UserQuery = Omit<NonNullable<GetUsersData["query"]>, "cursor" | "limit">;

export const userKeys = {
  all: ["users"] as const,
  lists: ["users", "list"] as const,
  one: (id: string) => ["users", "one", id] as const,
  sessions: (id: string) => ["users", "sessions", id] as const,
};

export const usersQuery = (query: UserQuery) =>
  infiniteQueryOptions({
    queryKey: [...userKeys.lists, query],
    queryFn: ({ pageParam, signal }) => get<UsersOutputBody>(url("/v1/users", {}, { ...query, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor,
  });

export const userQuery = (id: string) =>
  queryOptions({ queryKey: userKeys.one(id), queryFn: ({ signal }) => get<UserView>(url("/v1/users/{id}", { id }), signal) });

export const userSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: userKeys.sessions(id),
    queryFn: async ({ signal }) => (await get<SessionsOutputBody>(url("/v1/users/{id}/sessions", { id }), signal)).items,
  });

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [[...userKeys.all], ["groups"]] };

/** useNewUser makes an account. A person's one-time password comes back with it, this once. */
export function useNewUser(told: Told<NewUserInputBody, Issued> = {}): Command<NewUserInputBody, Issued> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/users", body, ...intent }), ...changes, ...told });
}

/** useUserAct is what is done to an account and needs nothing but a reason. */
export function useUserAct(
  id: string,
  verb: "deactivate" | "unlock" | "reset_totp",
  told: Told<UserInputBody, Receipt> = {},
): Command<UserInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url(`/v1/users/{id}/${verb}`, { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useVerifyIdentity(id: string, told: Told<VerifyInputBody, Receipt> = {}): Command<VerifyInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/users/{id}/verify_identity", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

/** useResetPassword gives a one-time password, this once, and ends the person's sessions. */
export function useResetPassword(id: string, told: Told<UserInputBody, Issued> = {}): Command<UserInputBody, Issued> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/users/{id}/reset_password", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

/** useGrant gives a role to a person, or to everybody in a group. */
export function useGrant(to: "users" | "groups", id: string, told: Told<NewGrant, Receipt> = {}): Command<NewGrant, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url(`/v1/${to}/{id}/grants`, { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useRevoke(
  from: "users" | "groups",
  id: string,
  grant: string,
  told: Told<RevokeInputBody, Receipt> = {},
): Command<RevokeInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url(`/v1/${from}/{id}/grants/{grant}/revoke`, { id, grant }), body, ...intent }),
    ...changes,
    ...told,
  });
}

export function useEndSession(
  id: string,
  session: string,
  told: Told<EndSessionInputBody, Receipt> = {},
): Command<EndSessionInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/users/{id}/sessions/{session}/end", { id, session }), body, ...intent }),
    invalidates: [[...userKeys.sessions(id)]],
    ...told,
  });
}
