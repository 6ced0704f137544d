// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "~/routes";
import { later } from "~/ui/soon";

const meRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/me",
  component: later(() => import("./MePage"), "MePage"),
});

export const meRoutes = [meRoute];
