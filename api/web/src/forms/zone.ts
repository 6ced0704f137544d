// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// A form is filled in by the clock on the wall of its site, and keeps instants in RFC 3339 with that wall's offset.

const parts = (at: number, zone: string) => {
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const get = (type: string) => made.find((p) => p.type === type)?.value ?? "00";
  return `${get("year")}-${get("month")}-${get("day")}T${get("hour")}:${get("minute")}:${get("second")}`;
};

const offsetAt = (at: number, zone: string): number => Date.parse(`${parts(at, zone)}Z`) - Math.floor(at / 1000) * 1000;

/** wallOf is the wall time of an instant: "2026-11-22T14:05", with seconds where there are any. */
export function wallOf(instant: string, zone: string): string {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? "" : parts(at, zone).replace(/:00$/, "");
}

/** instantAt is the instant of a wall time, with its offset. A time that occurs twice is its first occurrence, as on the server. */
export function instantAt(wall: string, zone: string): string | null {
  const full = wall.length === 16 ? `${wall}:00` : wall;
  const utc = Date.parse(`${full}Z`);
  if (Number.isNaN(utc)) return null;
  const before = offsetAt(utc - 86_400_000, zone);
  const after = offsetAt(utc + 86_400_000, zone);
  const fits = [before, after].find((offset) => offsetAt(utc - offset, zone) === offset);
  const offset = fits ?? after;
  const at = new Date(utc - (fits ?? before)); // one that is skipped is as long after the change as the clock was before it
  const minutes = Math.abs(offset) / 60_000;
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const local = parts(at.getTime(), zone);
  return `${local}${offset < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
