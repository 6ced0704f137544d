// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { queries } from "~/api/query";
import { countsQuery, tasksQuery } from "~/api/tasks";
import { rootRoute } from "~/routes";
import { InboxPage } from "./InboxPage";
import { queryOf, readSearch } from "./search";

const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: readSearch,
  loaderDeps: ({ search }) => queryOf(search),
  // The list is asked for before the page is drawn, not after; the page says what becomes of it.
  loader: ({ deps }) => {
    void queries.prefetchInfiniteQuery(tasksQuery(deps));
    void queries.prefetchQuery(countsQuery);
  },
  component: InboxPage,
});

export const inboxRoutes = [inboxRoute];
