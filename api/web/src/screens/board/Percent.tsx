// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "~/i18n/texts";

/** Percent is a share; a dash where there is nothing to share. */
export function Percent({ value }: { value: number | undefined }) {
  const { i18n } = useTranslation();
  if (value === undefined) return <span className="quiet">–</span>;
  const locale = i18n.language === "ar" ? "ar-u-nu-latn" : "en-GB";
  return <span>{new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(value / 100)}</span>;
}
