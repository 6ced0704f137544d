// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { getWithETag, send } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { LetterInputBody, Receipt, Settings, SettingsInputBody } from "./types.gen";

export type { Settings, SettingsInputBody } from "./types.gen";

/** settingsQuery is the organization's settings with their ETag, which a change sends back. */
export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => getWithETag<Settings>("/v1/settings", signal),
});

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [["settings"], ["me"]] };

export function useChangeSettings(ifMatch: string, told: Told<SettingsInputBody, Receipt> = {}): Command<SettingsInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ method: "PUT", address: "/v1/settings", body, ifMatch, ...intent }),
    ...changes,
    ...told,
  });
}

/** useLetter records the letter on electronic signatures: 21 CFR 11.100(c). */
export function useLetter(told: Told<LetterInputBody, Receipt> = {}): Command<LetterInputBody, Receipt> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/settings/letter", body, ...intent }), ...changes, ...told });
}
