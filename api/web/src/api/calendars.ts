// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { get, getWithETag, send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import type { CalendarBody, CalendarOutputBody, CalendarsOutputBody, MadeBody, NewSiteInputBody, Receipt } from "./types.gen";

export type { CalendarDef } from "./types.gen";

const all = ["calendars"] as const;

export const calendarsQuery = queryOptions({
  queryKey: [...all, "list"],
  queryFn: async ({ signal }) => (await get<CalendarsOutputBody>("/v1/calendars", signal)).items,
});

/** calendarQuery is the newest version of a calendar with its ETag, which a change sends back. */
export const calendarQuery = (id: string) =>
  queryOptions({
    queryKey: [...all, "one", id],
    queryFn: ({ signal }) => getWithETag<CalendarOutputBody>(url("/v1/calendars/{id}", { id }), signal),
  });

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;

export function useNewCalendar(told: Told<CalendarBody, MadeBody> = {}): Command<CalendarBody, MadeBody> {
  return useCommand({
    send: (body, intent) => send({ address: "/v1/calendars", body, ...intent }),
    invalidates: [[...all]],
    ...told,
  });
}

export function useChangeCalendar(id: string, ifMatch: string, told: Told<CalendarBody, Receipt> = {}): Command<CalendarBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ method: "PUT", address: url("/v1/calendars/{id}", { id }), body, ifMatch, ...intent }),
    invalidates: [[...all]],
    ...told,
  });
}

export function useNewSite(told: Told<NewSiteInputBody, MadeBody> = {}): Command<NewSiteInputBody, MadeBody> {
  return useCommand({
    send: (body, intent) => send({ address: "/v1/sites", body, ...intent }),
    invalidates: [["sites"], ["me"]],
    ...told,
  });
}
