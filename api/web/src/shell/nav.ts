// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { IconFiles, IconInbox, IconLayoutDashboard, IconSettings } from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import { holds, type Me } from "~/api/me";

/** Place is one entry of the sidebar. */
interface Place {
  name: "inbox" | "records" | "board" | "admin";
  to: LinkProps["to"];
  keys: string;
  icon: typeof IconInbox;
  /** Who sees it. What he may do there is the server's to say. */
  shown: (me: Me) => boolean;
}

const everybody = () => true;

const places: Place[] = [
  { name: "inbox", to: "/inbox", keys: "g i", icon: IconInbox, shown: everybody },
  { name: "records", to: "/records", keys: "g r", icon: IconFiles, shown: everybody },
  {
    name: "board",
    to: "/board",
    keys: "g b",
    icon: IconLayoutDashboard,
    shown: (me) => holds(me, "manager", "area_head", "qa_approver", "quality_head", "inspector"),
  },
  {
    name: "admin",
    to: "/admin",
    keys: "g a",
    icon: IconSettings,
    shown: (me) => holds(me, "admin", "inspector", "qa_approver", "quality_head", "manager"),
  },
];

export const placesFor = (me: Me): Place[] => places.filter((place) => place.shown(me));
