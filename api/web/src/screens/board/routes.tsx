// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/routes";

const boardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/board",
  component: lazyRouteComponent(() => import("./BoardPage"), "BoardPage"),
});

export const boardRoutes = [boardRoute];
