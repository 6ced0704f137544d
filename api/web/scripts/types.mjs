// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Writes src/api/types.gen.ts from ../openapi.yaml. With --check it writes nothing, and fails when the committed file is another.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@hey-api/openapi-ts";

const target = fileURLToPath(new URL("../src/api/types.gen.ts", import.meta.url));
const openapi = fileURLToPath(new URL("../../openapi.yaml", import.meta.url));

const folder = await mkdtemp(join(tmpdir(), "types-"));
try {
  await createClient({
    input: openapi,
    output: { path: folder, entryFile: false },
    plugins: [{ name: "@hey-api/typescript", enums: false }],
    logs: { level: "silent", file: false },
  });
  const generated = await readFile(join(folder, "types.gen.ts"), "utf8");
  if (!process.argv.includes("--check")) {
    await writeFile(target, generated);
  } else if ((await readFile(target, "utf8")) !== generated) {
    console.error("src/api/types.gen.ts is not what api/openapi.yaml says: run `npm run types` in api/web, and commit the file");
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
