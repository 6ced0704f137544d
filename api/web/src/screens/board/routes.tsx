// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "~/routes";
import { later } from "~/ui/soon";
import { type BoardSearch, boardSearch } from "./search";

const boardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/board",
  validateSearch: (search: Record<string, unknown>): BoardSearch => boardSearch(search),
  component: later(() => import("./BoardPage"), "BoardPage"),
});

// A figure of the board names its list in the words of the API: the address holds them as they are.
const texts = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [[name, value]] : [])));

const boardTasksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/board/tasks",
  validateSearch: texts,
  component: later(() => import("./BehindPage"), "TasksBehindPage"),
});

const boardRecordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/board/records",
  validateSearch: texts,
  component: later(() => import("./BehindPage"), "RecordsBehindPage"),
});

export const boardRoutes = [boardRoute, boardTasksRoute, boardRecordsRoute];
