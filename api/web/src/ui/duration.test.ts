// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from "vitest";
import { durationText } from "./duration";

describe("durationText", () => {
  test.each([
    [0, "0 seconds"],
    [59, "59 seconds"],
    [60, "1 minute"],
    [3_660, "1 hour 1 minute"],
    [900_018, "10 days"],
    [2 * 86_400 + 3_600, "2 days 1 hour"],
    [-7_200, "−2 hours"],
  ])("says %d seconds as %s", (seconds, text) => expect(durationText(seconds, "en")).toBe(text));

  test("counts days of work", () => expect(durationText(12 * 3_600, "en", "long", 8)).toBe("1 day 4 hours"));

  test("writes western digits in Arabic, as instants do", () => expect(durationText(7_200 * 2, "ar")).toMatch(/4/));
});
