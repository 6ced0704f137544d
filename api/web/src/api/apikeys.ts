// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { ApiKeysOutputBody, Issued, NewKeyInputBody, Receipt, UserInputBody } from "./types.gen";

export type { ApiKey } from "./types.gen";

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: async ({ signal }) => (await get<ApiKeysOutputBody>("/v1/api-keys", signal)).items,
});

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [["api-keys"]] };

/** useNewKey makes an API key. The key comes back this once. */
export function useNewKey(told: Told<NewKeyInputBody, Issued> = {}): Command<NewKeyInputBody, Issued> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/api-keys", body, ...intent }), ...changes, ...told });
}

export function useRevokeKey(id: string, told: Told<UserInputBody, Receipt> = {}): Command<UserInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/api-keys/{id}/revoke", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}
