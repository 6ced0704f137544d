// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRouter } from "@tanstack/react-router";
import { rootRoute, startRoute } from "./routes";
import { adminRoutes } from "./screens/admin/routes";
import { boardRoutes } from "./screens/board/routes";
import { inboxRoutes } from "./screens/inbox/routes";
import { meRoutes } from "./screens/me/routes";
import { recordsRoutes } from "./screens/records/routes";
import { Failed } from "./ui/failed";

export const router = createRouter({
  routeTree: rootRoute.addChildren([startRoute, ...inboxRoutes, ...recordsRoutes, ...boardRoutes, ...adminRoutes, ...meRoutes]),
  defaultPreload: "intent",
  defaultPreloadDelay: 30,
  defaultPendingMs: 200,
  defaultErrorComponent: Failed, // within the frame, which stays
  scrollRestoration: true,
  // The API refuses a parameter that is given twice, and so does the server that serves this page: one parameter a value.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search).flatMap(([k, v]) => (v === undefined || v === "" ? [] : [[k, String(v)]])),
    ).toString();
    return text === "" ? "" : `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
