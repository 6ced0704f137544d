// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import type { Box } from "~/api/tasks";
import { rootRoute } from "~/routes";
import { InboxPage } from "./InboxPage";

const boxes: readonly Box[] = ["mine", "group", "waiting", "done"];

/** What the address of the inbox holds beside the task. */
export interface InboxSearch {
  box?: Box;
}

const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({ box: boxes.find((box) => box === search.box) }),
  component: InboxPage,
});

export const inboxRoutes = [inboxRoute];
