// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "~/routes";
import { later } from "~/ui/soon";

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
  component: later(() => import("./AdminPage"), "AdminPage"),
});

const startRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  component: later(() => import("./StartPage"), "StartPage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "people",
  validateSearch: keep("q", "role", "site", "state", "kind"),
  component: later(() => import("./PeoplePage"), "PeoplePage"),
});

const personRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "people/$id",
  component: later(() => import("./PersonPage"), "PersonPage"),
});

const groupsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "groups",
  component: later(() => import("./GroupsPage"), "GroupsPage"),
});

const groupRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "groups/$id",
  component: later(() => import("./GroupPage"), "GroupPage"),
});

const keysRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "keys",
  component: later(() => import("./KeysPage"), "KeysPage"),
});

const calendarsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "calendars",
  component: later(() => import("./CalendarsPage"), "CalendarsPage"),
});

const calendarRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "calendars/$id",
  component: later(() => import("./CalendarPage"), "CalendarPage"),
});

const sitesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "sites",
  component: later(() => import("./SitesPage"), "SitesPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "settings",
  component: later(() => import("./SettingsPage"), "SettingsPage"),
});

const absencesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "absences",
  validateSearch: keep("past"),
  component: later(() => import("./AbsencesPage"), "AbsencesPage"),
});

const sessionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "sessions",
  validateSearch: keep("person"),
  component: later(() => import("./SessionsPage"), "SessionsPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "audit",
  validateSearch: keep("actor", "record", "action", "outcome", "from", "to"),
  component: later(() => import("./AuditPage"), "AuditPage"),
});

const decisionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "decisions",
  validateSearch: keep("actor", "record", "action", "allow"),
  component: later(() => import("./DecisionsPage"), "DecisionsPage"),
});

const decisionRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "decisions/$id",
  component: later(() => import("./DecisionPage"), "DecisionPage"),
});

const policiesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "policies",
  component: later(() => import("./PoliciesPage"), "PoliciesPage"),
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
