// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from "vitest";
import { dateText, instantText, spanOf } from "./instant";

describe("instants", () => {
  test.each([
    ["2026-11-22T13:05:09Z", "Europe/Copenhagen", "22 Nov 2026 14:05:09 CET (UTC+01:00)"],
    ["2026-07-01T12:00:00Z", "Europe/Copenhagen", "1 Jul 2026 14:00:00 CEST (UTC+02:00)"],
    ["2026-11-22T13:05:09Z", "America/New_York", "22 Nov 2026 08:05:09 EST (UTC-05:00)"],
    ["2026-11-22T23:05:09Z", "UTC", "22 Nov 2026 23:05:09 UTC (UTC+00:00)"],
    ["2026-09-30T23:30:00Z", "Asia/Kolkata", "1 Oct 2026 05:00:00 IST (UTC+05:30)"],
  ])("%s in %s", (at, zone, want) => expect(instantText(at, zone)).toBe(want));

  test("days are those of the zone", () => expect(dateText("2026-09-30T23:30:00Z", "Europe/Copenhagen")).toBe("1 Oct 2026"));

  test("Arabic keeps the digits that signatures are read by", () =>
    expect(dateText("2026-11-22T13:05:09Z", "UTC", "ar")).toBe("22 نوفمبر 2026"));

  test.each([
    [0, [{ unit: "m", n: 0 }]],
    [59_000, [{ unit: "m", n: 0 }]],
    [
      61 * 60_000,
      [
        { unit: "h", n: 1 },
        { unit: "m", n: 1 },
      ],
    ],
    [
      -61 * 60_000,
      [
        { unit: "h", n: 1 },
        { unit: "m", n: 1 },
      ],
    ],
    [
      50 * 3_600_000,
      [
        { unit: "d", n: 2 },
        { unit: "h", n: 2 },
      ],
    ],
    [12 * 86_400_000 + 3_600_000, [{ unit: "d", n: 12 }]],
  ])("%s ms", (ms, want) => expect(spanOf(ms)).toEqual(want));
});
