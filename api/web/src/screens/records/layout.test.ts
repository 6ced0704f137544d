// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import type { ProcessStep } from "~/api/recordparts";
import { layout } from "./layout";

const step = (name: string, next: string[], standing: ProcessStep["standing"], side = false): ProcessStep => ({
  name,
  title: name,
  kind: "task",
  state: name,
  next,
  standing,
  side,
  rounds: [],
});

const picture = layout([
  step("report", ["cause", "investigation"], "done"),
  step("cause", ["final"], "not_reached"),
  step("investigation", ["final", "gone"], "open"),
  step("final", [], "not_reached"),
  step("extension", [], "open", true),
]);

test("steps stand below those that lead to them, and do not lie over each other", () => {
  const at = Object.fromEntries(picture.boxes.map((box) => [box.step.name, box]));
  expect(at.report?.y).toBeLessThan(at.cause?.y ?? 0);
  expect(at.cause?.y).toBe(at.investigation?.y);
  expect(at.cause?.y).toBeLessThan(at.final?.y ?? 0);
  for (const a of picture.boxes) {
    for (const b of picture.boxes) {
      if (a === b) continue;
      expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
    }
    expect(a.x + a.width).toBeLessThanOrEqual(picture.width);
    expect(a.y + a.height).toBeLessThanOrEqual(picture.height);
  }
});

test("a way was walked where both its ends were reached, and leads to declared steps only", () => {
  expect(picture.ways.map((way) => [way.key, way.walked])).toEqual([
    ["report cause", false],
    ["report investigation", true],
    ["cause final", false],
    ["investigation final", false],
  ]);
});
