// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "~/i18n/texts";
import { spanOf } from "./instant";

const units = { d: "day", h: "hour", m: "minute" } as const;

/** durationText is a length of time in words, in one or two units: "3 days 4 hours". Days of work have fewer hours. */
export function durationText(seconds: number, language: string, style: "long" | "short" = "long", dayHours = 24): string {
  const locale = language === "ar" ? "ar-u-nu-latn" : "en-GB";
  const say = (n: number, unit: "day" | "hour" | "minute" | "second") =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: style }).format(n);
  if (Math.abs(seconds) < 60) return say(Math.round(seconds), "second");
  const text = spanOf(Math.abs(seconds) * 1000, dayHours)
    .map(({ unit, n }) => say(n, units[unit]))
    .join(" ");
  return seconds < 0 ? `−${text}` : text;
}

/** Duration says a length of time in words. */
export function Duration({ seconds, style }: { seconds: number; style?: "long" | "short" }) {
  const { i18n } = useTranslation();
  return <span>{durationText(seconds, i18n.language, style)}</span>;
}
