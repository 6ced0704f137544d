// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { LinkProps } from "@tanstack/react-router";
import { holds, type Me, type Role } from "~/api/me";

/** Place is one entry of the list at the side, with the roles that policy lets read it. */
interface Place {
  name: "people" | "groups" | "keys" | "calendars" | "sites" | "settings" | "absences" | "sessions" | "audit" | "decisions" | "policies";
  to: LinkProps["to"];
  roles: Role[];
}

const quality: Role[] = ["qa_approver", "quality_head", "inspector", "manager"];

export const places: Place[] = [
  { name: "people", to: "/admin/people", roles: ["admin", ...quality] },
  { name: "groups", to: "/admin/groups", roles: ["admin", ...quality] },
  { name: "absences", to: "/admin/absences", roles: ["admin", "area_head", ...quality] },
  { name: "sessions", to: "/admin/sessions", roles: ["admin"] },
  { name: "keys", to: "/admin/keys", roles: ["admin", "inspector"] },
  { name: "sites", to: "/admin/sites", roles: ["admin", ...quality] },
  { name: "calendars", to: "/admin/calendars", roles: ["admin", ...quality] },
  { name: "settings", to: "/admin/settings", roles: ["admin", ...quality] },
  { name: "audit", to: "/admin/audit", roles: ["admin", ...quality] },
  { name: "decisions", to: "/admin/decisions", roles: quality },
  { name: "policies", to: "/admin/policies", roles: ["admin", ...quality] },
];

export const placesFor = (me: Me): Place[] => places.filter((place) => holds(me, ...place.roles));
