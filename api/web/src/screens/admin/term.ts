// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "~/i18n/texts";

/** useTerm says a term of the matrix in words: "5wd" is five working days. One that it does not know stays as it is. */
export function useTerm(): (term: string) => string {
  const { t, i18n } = useTranslation("admin");
  return (term) => {
    const [, n, unit] = /^(\d+)(wd|d|h|m)$/.exec(term) ?? [];
    if (!n || !unit) return term;
    if (unit === "wd") return t("policy.workingDays", { count: Number(n) });
    const locale = i18n.language === "ar" ? "ar-u-nu-latn" : "en-GB";
    const name = unit === "d" ? "day" : unit === "h" ? "hour" : "minute";
    return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(Number(n));
  };
}
