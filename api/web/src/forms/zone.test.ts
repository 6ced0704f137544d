// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { instantAt, wallOf } from "./zone";

test.each([
  ["2026-11-22T14:05", "Europe/Copenhagen", "2026-11-22T14:05:00+01:00"],
  ["2026-07-01T14:05:09", "Europe/Copenhagen", "2026-07-01T14:05:09+02:00"],
  ["2026-11-22T08:05", "America/New_York", "2026-11-22T08:05:00-05:00"],
  ["2026-10-25T02:30", "Europe/Copenhagen", "2026-10-25T02:30:00+02:00"], // twice: the first
  ["2026-03-29T02:30", "Europe/Copenhagen", "2026-03-29T03:30:00+02:00"], // never: after the change
  ["2026-11-22T14:05", "Asia/Kolkata", "2026-11-22T14:05:00+05:30"],
])("%s in %s", (wall, zone, instant) => {
  expect(instantAt(wall, zone)).toBe(instant);
  expect(wallOf(instant, zone)).toBe(wall === "2026-03-29T02:30" ? "2026-03-29T03:30" : wall);
});

test("no time is none", () => {
  expect(instantAt("", "UTC")).toBeNull();
  expect(wallOf("", "UTC")).toBe("");
});
