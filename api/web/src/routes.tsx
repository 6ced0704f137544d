// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor } from "@mantine/core";
import { createRootRoute, createRoute, Link, redirect } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/texts";
import { Shell } from "./shell/Shell";
import { Failed } from "./ui/failed";
import { Page } from "./ui/page";

// What the routes of all screens hang on. Each screen has its own in screens/<name>/routes.tsx; router.ts puts them together.

export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: Failed,
});

export const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", replace: true });
  },
});

function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("problem.pageNotFound")}>
      <Anchor component={Link} to="/inbox">
        {t("problem.toInbox")}
      </Anchor>
    </Page>
  );
}
