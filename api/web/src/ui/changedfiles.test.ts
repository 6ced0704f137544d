// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { changedFiles } from "./changedfiles";

test("versions tell files by name", () => {
  expect(changedFiles({ field: "files", old: null, new: { "chart.pdf": "aa", "list.csv": "bb" } })).toEqual([
    { name: "chart.pdf", sha256: "aa", removed: false },
    { name: "list.csv", sha256: "bb", removed: false },
  ]);
  expect(changedFiles({ field: 'files["line \\"4\\".pdf"]', old: "aa", new: null })).toEqual([
    { name: 'line "4".pdf', sha256: "aa", removed: true },
  ]);
});

test("the audit trail tells one file", () => {
  expect(changedFiles({ field: "file", old: null, new: { name: "chart.pdf", sha256: "aa" } })).toEqual([
    { name: "chart.pdf", sha256: "aa", removed: false },
  ]);
});

test("what is no file is left alone", () => {
  for (const field of ["title", "data.report.files", "filesystem"]) expect(changedFiles({ field, old: null, new: "x" })).toBeUndefined();
});
