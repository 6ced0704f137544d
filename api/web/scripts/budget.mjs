// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// What the first load of the inbox weighs, compressed as it is sent. Fails the build past the limits.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const KB = 1024; // bytes
const limits = { script: 220 * KB, style: 45 * KB };

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));

// The entry with all that it imports, and what the inbox asks for before it can be read: its texts in one language.
const first = new Set();
const styles = new Set();
const visit = (key) => {
  if (first.has(key)) return;
  first.add(key);
  for (const css of manifest[key].css ?? []) styles.add(css);
  for (const next of manifest[key].imports ?? []) visit(next);
};
visit("index.html");
for (const name of ["common", "inbox"]) visit(`src/i18n/en/${name}.json`);

const packed = (file) => gzipSync(readFileSync(dist + file), { level: 9 }).length;
const sizes = { script: 0, style: 0 };
for (const key of first) {
  const { file } = manifest[key];
  if (file.endsWith(".js")) sizes.script += packed(file);
}
for (const file of styles) sizes.style += packed(file);

for (const [kind, size] of Object.entries(sizes)) {
  const limit = limits[kind];
  console.log(`budget: first load, ${kind}: ${(size / KB).toFixed(1)} of ${limit / KB} KB gzip`);
  if (size > limit) {
    console.error(`budget: the ${kind} of the first load is larger than its limit`);
    process.exitCode = 1;
  }
}
