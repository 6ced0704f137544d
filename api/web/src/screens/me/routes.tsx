// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/routes";

const meRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/me",
  component: lazyRouteComponent(() => import("./MePage"), "MePage"),
});

export const meRoutes = [meRoute];
