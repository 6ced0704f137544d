// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "~/routes";
import { later } from "~/ui/soon";
import { readSearch } from "./search";

const recordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/records",
  validateSearch: readSearch,
  component: later(() => import("./RecordsPage"), "RecordsPage"),
});

const newRecordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/records/new/$type",
  component: later(() => import("./NewRecordPage"), "NewRecordPage"),
});

/** The parts of a record's page, in their order. */
export const parts = ["data", "files", "process", "history", "signatures", "versions", "links"] as const;
export type Part = (typeof parts)[number];

const recordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/records/$id",
  validateSearch: (search: Record<string, unknown>): { part?: Part } => ({ part: parts.find((part) => part === search.part) }),
  component: later(() => import("./RecordPage"), "RecordPage"),
});

export const recordsRoutes = [recordsRoute, newRecordRoute, recordRoute];
