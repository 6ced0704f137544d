// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { router } from "./router";

// The server answers with the app at the addresses that embed.go lists, and the service worker at those of sw.js.
const list = (file: string, pattern: RegExp) => pattern.exec(readFileSync(file, "utf8"))?.[1] ?? "";

test("the server knows every screen", () => {
  const served = list("embed.go", /Screens = \[\]string\{([^}]*)\}/)
    .split(",")
    .map((name) => name.trim().replaceAll('"', ""));
  const first = new Set(Object.keys(router.routesByPath).map((path) => path.split("/")[1]));
  first.delete("");
  for (const name of first) expect(served).toContain(name);
  expect(list("public/sw.js", /screens = \/\^\\\/\(([^)]*)\)/).split("|")).toEqual(served);
});
