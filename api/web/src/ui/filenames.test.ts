// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { maxFile, mediaTypes } from "~/api/files";
import { cleanName, kindOf, mediaTypeOf, photoName, sizeText, wrongFile, wrongName } from "./filenames";

const api = readFileSync(`${import.meta.dirname}/../../../openapi.yaml`, "utf8");

test("the kinds and the size are those of the API", () => {
  const upload = api.split("\n  /v1/files:")[1]?.split("\n  /v1/")[0] ?? "";
  const taken = [...upload.matchAll(/^ {10}(\S+\/\S+):$/gm)].map((match) => match[1]);
  const kinds = [...new Set(Object.values(mediaTypes))].sort();
  expect(taken.slice(0, kinds.length)).toEqual(kinds);
  expect(upload).toContain(`at most ${maxFile / 1024 / 1024} MiB`);
});

test("a file is known by its ending, whatever the browser says", () => {
  expect(mediaTypeOf("Chart.PDF")).toBe("application/pdf");
  expect(mediaTypeOf("list.csv")).toBe("text/csv");
  expect(wrongFile({ name: "photo.heic", size: 1 })).toBe("kind");
  expect(wrongFile({ name: "folder", size: 4096 })).toBe("kind");
  expect(wrongFile({ name: "a.pdf", size: 0 })).toBe("empty");
  expect(wrongFile({ name: "a.pdf", size: maxFile })).toBeUndefined();
  expect(wrongFile({ name: "a.pdf", size: maxFile + 1 })).toBe("size");
});

test("names are those that the server takes", () => {
  const pdf = "application/pdf";
  expect(wrongName("Siegeltemperatur Linie 4 – Größe.pdf", pdf)).toBeUndefined();
  for (const name of ["a/b.pdf", "a\\b.pdf", "C:chart.pdf", "chart\n.pdf", "chart\u202efdp.pdf"]) {
    expect(wrongName(name, pdf), name).toBe("character");
    expect(wrongName(cleanName(name), pdf), cleanName(name)).toBeUndefined();
  }
  for (const name of ["", ".pdf", " chart.pdf", "chart.pdf "]) expect(wrongName(name, pdf), name).toBe("blank");
  expect(wrongName("chart.exe", pdf)).toBe("ending");
  expect(wrongName("photo.jpeg", "image/jpeg")).toBeUndefined();
  expect(wrongName(`${"x".repeat(252)}.pdf`, pdf)).toBe("length");
  expect(wrongName(cleanName(`${"x".repeat(300)}.pdf`), pdf)).toBeUndefined();
  expect(cleanName(" .pdf")).toBe("-.pdf");
});

test("photos are told apart", () => {
  expect(photoName("image.jpg", new Date(2026, 10, 22, 14, 5, 9))).toBe("2026-11-22 14.05.09.jpg");
});

test("sizes and kinds are read by people", () => {
  expect(sizeText(36, "en")).toBe("36 bytes");
  expect(sizeText(18_400, "en")).toBe("18 kB");
  expect(sizeText(maxFile, "en")).toBe("25 MB");
  expect(kindOf("image/jpeg")).toBe("JPG");
  expect(kindOf("text/csv")).toBe("CSV");
});
