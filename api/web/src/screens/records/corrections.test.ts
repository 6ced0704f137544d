// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import type { Version } from "~/api/types.gen";
import { formersAt, formersOf, partOf } from "./corrections";

const version = (n: number, changes: Version["changes"], reason?: string): Version => ({
  version: n,
  content_hash: "00",
  at: "2026-11-22T14:00:00Z",
  by: { id: "1", name: "Camilla Skov" },
  reason,
  title: "",
  class: "",
  changes,
});

test.each([
  ["data.report.batches[0].lot", { step: "report", path: "batches[0].lot" }],
  ["data.report", { step: "report", path: "" }],
  ["data", undefined],
  ["title", undefined],
])("%s is of a part", (field, want) => expect(partOf(field)).toEqual(want));

const formers = formersOf([
  version(1, [{ field: "data", old: null, new: { report: {} } }]),
  version(2, [{ field: "data.triage", old: null, new: { high_risk: true } }]),
  version(
    3,
    [
      { field: "class", old: "minor", new: "major" },
      { field: "data.report.batches[0].quantity.value", old: 10, new: 12 },
      { field: "data.report.line", old: "BL-3", new: "BL-4" },
      { field: "data.report.supplier", old: null, new: "Acme" },
    ],
    "Misread.",
  ),
  version(4, [{ field: "data.report.line", old: "BL-4", new: null }], "Not known."),
]);

test("what was there and was changed is kept, the oldest first, with reason, who and when", () => {
  expect([...formers.keys()]).toEqual(["report"]);
  expect(formersAt(formers.get("report") ?? [], "line", false)).toEqual([
    { path: "line", old: "BL-3", version: 3, by: "Camilla Skov", at: "2026-11-22T14:00:00Z", reason: "Misread." },
    { path: "line", old: "BL-4", version: 4, by: "Camilla Skov", at: "2026-11-22T14:00:00Z", reason: "Not known." },
  ]);
});

test("a cell has the changes of what it is made of, and its table leaves them to it", () => {
  const all = formers.get("report") ?? [];
  expect(formersAt(all, "batches[0].quantity", false)).toHaveLength(1);
  expect(formersAt(all, "batches", true)).toEqual([]);
  expect(formersAt(all, "batches[1].quantity", false)).toEqual([]);
  expect(formersAt(all, "lin", false)).toEqual([]);
});
