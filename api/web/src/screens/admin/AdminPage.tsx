// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "react-i18next";
import { Page } from "~/ui/page";

/** AdminPage is where the screens of this folder begin. */
export function AdminPage() {
  const { t } = useTranslation("admin");
  return <Page title={t("title")}>{null}</Page>;
}
