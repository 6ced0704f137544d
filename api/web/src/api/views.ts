// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, newKey, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { View, ViewsOutputBody } from "./types.gen";

export type { View } from "./types.gen";

const all = ["views"] as const;

/** viewsQuery is what the person saved of all screens: a name for the query of an address. */
export const viewsQuery = queryOptions({
  queryKey: all,
  queryFn: async ({ signal }) => (await get<ViewsOutputBody>("/v1/me/views", signal)).items,
  staleTime: 60_000,
});

const path = "/v1/me/views/{id}";

/** useSaveView keeps a view under an id that the caller chose. It needs no key: the last one counts. */
export function useSaveView(
  told: Pick<CommandOptions<Omit<View, "saved_at">, View>, "onRecorded"> = {},
): Command<Omit<View, "saved_at">, View> {
  return useCommand({
    send: ({ id, ...body }) => send({ method: "PUT", address: url(path, { id }), body }),
    invalidates: [[...all]],
    ...told,
  });
}

/** newViewId is a random id (RFC 9562, version 4). crypto.randomUUID is missing on http addresses other than localhost. */
export function newViewId(): string {
  const hex = newKey();
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export function useDeleteView(): Command<string, void> {
  return useCommand({ send: (id) => send({ method: "DELETE", address: url(path, { id }) }), invalidates: [[...all]] });
}
