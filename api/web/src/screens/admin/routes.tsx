// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/routes";

// All values of addresses are texts, one parameter a value.
const keep =
  <K extends string>(...names: K[]) =>
  (search: Record<string, unknown>): Partial<Record<K, string>> => {
    const kept: Partial<Record<K, string>> = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string" && value !== "") kept[name] = value;
    }
    return kept;
  };

const adminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/admin",
  component: lazyRouteComponent(() => import("./AdminPage"), "AdminPage"),
});

const startRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./StartPage"), "StartPage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "people",
  validateSearch: keep("q", "role", "site", "state", "kind"),
  component: lazyRouteComponent(() => import("./PeoplePage"), "PeoplePage"),
});

const personRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "people/$id",
  component: lazyRouteComponent(() => import("./PersonPage"), "PersonPage"),
});

const groupsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "groups",
  component: lazyRouteComponent(() => import("./GroupsPage"), "GroupsPage"),
});

const groupRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "groups/$id",
  component: lazyRouteComponent(() => import("./GroupPage"), "GroupPage"),
});

const keysRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "keys",
  component: lazyRouteComponent(() => import("./KeysPage"), "KeysPage"),
});

const calendarsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "calendars",
  component: lazyRouteComponent(() => import("./CalendarsPage"), "CalendarsPage"),
});

const calendarRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "calendars/$id",
  component: lazyRouteComponent(() => import("./CalendarPage"), "CalendarPage"),
});

const sitesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "sites",
  component: lazyRouteComponent(() => import("./SitesPage"), "SitesPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "settings",
  component: lazyRouteComponent(() => import("./SettingsPage"), "SettingsPage"),
});

const absencesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "absences",
  validateSearch: keep("past"),
  component: lazyRouteComponent(() => import("./AbsencesPage"), "AbsencesPage"),
});

const sessionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "sessions",
  validateSearch: keep("person"),
  component: lazyRouteComponent(() => import("./SessionsPage"), "SessionsPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "audit",
  validateSearch: keep("actor", "record", "action", "outcome", "from", "to"),
  component: lazyRouteComponent(() => import("./AuditPage"), "AuditPage"),
});

const decisionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "decisions",
  validateSearch: keep("actor", "record", "action", "allow"),
  component: lazyRouteComponent(() => import("./DecisionsPage"), "DecisionsPage"),
});

const decisionRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "decisions/$id",
  component: lazyRouteComponent(() => import("./DecisionPage"), "DecisionPage"),
});

const policiesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "policies",
  component: lazyRouteComponent(() => import("./PoliciesPage"), "PoliciesPage"),
});

export const adminRoutes = [
  adminRoute.addChildren([
    startRoute,
    peopleRoute,
    personRoute,
    groupsRoute,
    groupRoute,
    keysRoute,
    calendarsRoute,
    calendarRoute,
    sitesRoute,
    settingsRoute,
    absencesRoute,
    sessionsRoute,
    auditRoute,
    decisionsRoute,
    decisionRoute,
    policiesRoute,
  ]),
];
