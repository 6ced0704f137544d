// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Navigate } from "@tanstack/react-router";
import { useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { Empty, Page } from "~/ui/page";
import { placesFor } from "./places";

/** StartPage leads to the first place that the person may see. */
export function StartPage() {
  const { t } = useTranslation("admin");
  const first = placesFor(useMe())[0];
  if (first) return <Navigate to={first.to} replace />;
  return (
    <Page title={t("title")}>
      <Empty text={t("nothing")} />
    </Page>
  );
}
