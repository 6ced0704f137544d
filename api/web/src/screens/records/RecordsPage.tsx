// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "react-i18next";
import { Page } from "~/ui/page";

/** RecordsPage is where the screens of this folder begin. */
export function RecordsPage() {
  const { t } = useTranslation("records");
  return <Page title={t("title")}>{null}</Page>;
}
