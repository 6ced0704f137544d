// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// The licences of what the web app may carry into the browser: every package of the lock file that is not for development only.
// Copyleft and unknown licences fail. `--write` rewrites docs/licences-web.md; without it the file is checked.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const list = fileURLToPath(new URL("../../docs/licences-web.md", root));
const allowed = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "OFL-1.1", "Unlicense"]);

const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8"));
const rows = [];
const refused = [];
for (const [place, entry] of Object.entries(lock.packages)) {
  if (place === "" || entry.dev || entry.devOptional) continue;
  const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
  const licence = entry.license ?? "not stated";
  rows.push(`| ${name} | ${entry.version} | ${licence} |`);
  // "(MIT OR CC0-1.0)": one of them is enough. "MIT AND ISC": each is needed.
  const choices = licence.replace(/[()]/g, "").split(" OR ");
  if (!choices.some((choice) => choice.split(" AND ").every((each) => allowed.has(each))))
    refused.push(`${name} ${entry.version}: ${licence}`);
}
rows.sort();

const text = `# Licences of what the web app carries

Written by \`make generate\`, checked by \`make test\`: the packages of api/web/package-lock.json that are not for development only,
with the licences that they state (SPDX). Copyleft and unknown licences fail the check.

| Package | Version | Licence |
|---|---|---|
${[...new Set(rows)].join("\n")}
`;

if (refused.length > 0) {
  console.error(`licences: not allowed:\n  ${refused.join("\n  ")}`);
  process.exitCode = 1;
} else if (process.argv.includes("--write")) {
  writeFileSync(list, text);
} else if (readFileSync(list, "utf8") !== text) {
  console.error("licences: docs/licences-web.md is not what the lock file says; run make generate");
  process.exitCode = 1;
}
