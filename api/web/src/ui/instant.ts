// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Instants as people read them. Records, timelines, signatures, the audit trail and prints always show the whole of it with its zone;
// only inbox and board speak of "in 2 h".

const locales: { [language: string]: string } = { en: "en-GB", ar: "ar-u-nu-latn-ca-gregory" };

const here = Intl.DateTimeFormat().resolvedOptions().timeZone; // asked once: it is slow

/** hereZone is the time zone of this device. */
export const hereZone = (): string => here;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formats.set(key, made);
  }
  return made;
}

// A page shows the same instants again and again, and each is seven questions to Intl.
const written = new Map<string, string>();
const writtenAtMost = 5_000;

/** instantText is like "22 Nov 2026 14:05:09 CET (UTC+01:00)". */
export function instantText(at: string | Date, zone = hereZone(), language = "en"): string {
  const date = new Date(at);
  const key = `${date.getTime()} ${zone} ${language}`;
  let text = written.get(key);
  if (text === undefined) {
    if (written.size >= writtenAtMost) written.clear();
    text = write(date, zone, language);
    written.set(key, text);
  }
  return text;
}

function write(date: Date, zone: string, language: string): string {
  const name = zoneName(date, zone);
  const offset = zoneOffset(date, zone);
  return `${dateText(date, zone, language)} ${clockText(date, zone)} ${name === offset ? offset : `${name} (${offset})`}`;
}

/** dateText is like "22 Nov 2026", the day as it is in the zone. */
export function dateText(at: string | Date, zone = hereZone(), language = "en"): string {
  const parts = format(locales[language] ?? "en-GB", { timeZone: zone, day: "numeric", month: "short", year: "numeric" }).formatToParts(
    new Date(at),
  );
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("day")} ${part("month").replace("Sept", "Sep")} ${part("year")}`;
}

const clockText = (date: Date, zone: string) =>
  format("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date);

function partOf(date: Date, locale: string, zone: string, timeZoneName: "short" | "longOffset"): string {
  return (
    format(locale, { timeZone: zone, timeZoneName })
      .formatToParts(date)
      .find((p) => p.type === "timeZoneName")?.value ?? ""
  );
}

function zoneOffset(date: Date, zone: string): string {
  const text = partOf(date, "en-GB", zone, "longOffset").replace("GMT", "UTC");
  return text === "UTC" ? "UTC+00:00" : text;
}

// Each locale knows the short names of its own zones only, and says GMT+1 of the others.
function zoneName(date: Date, zone: string): string {
  for (const locale of ["en-GB", "en-US", "en-AU", "en-IN", "en-ZA"]) {
    const name = partOf(date, locale, zone, "short");
    if (name && !/^(GMT|UTC)[+\-−]/.test(name)) return name;
  }
  return zoneOffset(date, zone);
}

/** Span is an amount of time in at most two units, biggest first. */
export type Span = { unit: "d" | "h" | "m"; n: number }[];

/** spanOf splits milliseconds into days and hours, hours and minutes, or minutes; days of work have other lengths. */
export function spanOf(ms: number, dayHours = 24): Span {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const days = Math.floor(minutes / (60 * dayHours));
  const hours = Math.floor((minutes - days * 60 * dayHours) / 60);
  const span: Span = [];
  if (days > 0) span.push({ unit: "d", n: days });
  if (hours > 0 && days < 10) span.push({ unit: "h", n: hours });
  if (days === 0 && (minutes % 60 > 0 || hours === 0) && hours < 10) span.push({ unit: "m", n: minutes % 60 });
  return span;
}
