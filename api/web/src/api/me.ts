// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { first, get, send } from "./client";
import { queries } from "./query";
import type { Me } from "./types.gen";

export type { Me } from "./types.gen";

/** Role names are the server's: models/user.go. */
export type Role =
  | "reporter"
  | "area_owner"
  | "area_head"
  | "investigator"
  | "expert"
  | "qa_approver"
  | "quality_head"
  | "manager"
  | "inspector"
  | "admin"
  | "integration";

const here = "/v1/me";

export const meQuery = queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => get<Me>(here, signal), staleTime: 60_000 });

/** whoAmI asks before the page is drawn: a 401 leads to the login page. */
export const whoAmI = () => queries.fetchQuery({ ...meQuery, queryFn: ({ signal }) => first<Me>(here, signal) });

/** useMe is who is at the screen. It is there before any screen is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** holds says whether a person has one of the roles, at any site. It only decides what is shown: the server decides what is done. */
export function holds(me: Me, ...roles: Role[]): boolean {
  return me.grants.some((grant) => roles.includes(grant.role as Role));
}

/** logout ends the session on the server, then leaves the page with all that it knew. */
export async function logout(): Promise<void> {
  await send({ method: "DELETE", address: "/v1/session" }).catch(() => undefined); // over already
  location.assign("/login");
}
