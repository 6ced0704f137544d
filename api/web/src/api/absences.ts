// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { AbsencesOutputBody, EndAbsenceInputBody, MadeBody, NewAbsenceInputBody, Receipt } from "./types.gen";

export type { AbsenceView } from "./types.gen";

/** absencesQuery lists absences: those of a person, or of everybody whom the caller looks after. */
export const absencesQuery = (query: { person?: string; past?: boolean }) =>
  queryOptions({
    queryKey: ["absences", query],
    queryFn: async ({ signal }) =>
      (await get<AbsencesOutputBody>(url("/v1/absences", {}, { person: query.person, past: query.past || undefined }), signal)).items,
  });

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;
const changes = { invalidates: [["absences"], ["users"], ["tasks"]] };

export function useNewAbsence(told: Told<NewAbsenceInputBody, MadeBody> = {}): Command<NewAbsenceInputBody, MadeBody> {
  return useCommand({ send: (body, intent) => send({ address: "/v1/absences", body, ...intent }), ...changes, ...told });
}

export function useEndAbsence(id: string, told: Told<EndAbsenceInputBody, Receipt> = {}): Command<EndAbsenceInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/absences/{id}/end", { id }), body, ...intent }),
    ...changes,
    ...told,
  });
}
