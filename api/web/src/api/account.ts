// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type {
  PasswordInputBody,
  Receipt,
  SessionsOutputBody,
  StatementInputBody,
  TotpConfirmInputBody,
  TotpInputBody,
  TotpOutputBody,
} from "./types.gen";

// What everybody does to his own account.

export const mySessionsQuery = queryOptions({
  queryKey: ["my-sessions"],
  queryFn: async ({ signal }) => (await get<SessionsOutputBody>("/v1/me/sessions", signal)).items,
});

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [["me"], ["my-sessions"]] };
const same = () => "one intent"; // what is typed here is secret

export function useChangePassword(told: Told<PasswordInputBody, Receipt> = {}): Command<PasswordInputBody, Receipt> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/me/password", body, ...intent }), identity: same, ...changes, ...told });
}

export function useSignStatement(told: Told<StatementInputBody, Receipt> = {}): Command<StatementInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: "/v1/me/statement", body, ...intent }),
    identity: ({ statement }) => statement,
    ...changes,
    ...told,
  });
}

/** useBeginTotp gives the caller a token. Its secret comes back this once, and counts only when it is tested. */
export function useBeginTotp(): Command<TotpInputBody, TotpOutputBody> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/me/totp", body, ...intent }), identity: same, ...changes });
}

export function useConfirmTotp(told: Told<TotpConfirmInputBody, Receipt> = {}): Command<TotpConfirmInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: "/v1/me/totp/confirm", body, ...intent }),
    identity: same,
    ...changes,
    ...told,
  });
}

export function useEndMySession(): Command<string, Receipt> {
  return useCommand({ send: (id, intent) => send({ address: url("/v1/me/sessions/{id}/end", { id }), ...intent }), ...changes });
}
