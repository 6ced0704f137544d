// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/routes";

const recordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/records",
  component: lazyRouteComponent(() => import("./RecordsPage"), "RecordsPage"),
});

export const recordsRoutes = [recordsRoute];
