// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "~/routes";
import { InboxPage } from "./InboxPage";
import { readSearch } from "./search";

const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: readSearch,
  component: InboxPage,
});

export const inboxRoutes = [inboxRoute];
