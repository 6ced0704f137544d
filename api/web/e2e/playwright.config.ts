// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, devices } from "@playwright/test";

// This file is read again by the worker, which finds in the environment what was chosen the first time.
const given = process.env.COUNTERSIGN_URL;
process.env.E2E_URL ??= given ?? `http://127.0.0.1:${await freePort()}`;
process.env.E2E_CHROMIUM ??= execFileSync(join(import.meta.dirname, "chromium.sh"), { encoding: "utf8" }).trim();
process.env.E2E_DATA ??= process.env.COUNTERSIGN_DATA ?? mkdtempSync(join(tmpdir(), "countersign-e2e-"));

const { E2E_URL: url, E2E_CHROMIUM: chromium, E2E_DATA: data } = process.env;

export default defineConfig({
  testDir: ".",
  outputDir: process.env.E2E_RESULTS ?? join(tmpdir(), "countersign-e2e-results"),
  // All tests share the people of one demo organization, so one runs at a time. A test that needs a second attempt is mended.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Copenhagen",
    trace: { mode: "retain-on-failure", screenshots: false },
    // Chromium refuses its sandbox to root, and a container has little shared memory.
    launchOptions: { executablePath: chromium, args: ["--no-sandbox", "--disable-dev-shm-usage"] },
  },
  projects: [
    { name: "tests", testMatch: "*.e2e.ts", testIgnore: "million.e2e.ts" },
    // Last, because the others would drown in what it seeds; without a trace, which would be measured too.
    { name: "million", testMatch: "million.e2e.ts", dependencies: ["tests"], use: { trace: "off" } },
    { name: "screens", testMatch: "screens.ts" },
  ],
  // The demo, on what devstack has put into the environment; COUNTERSIGN_URL names one that runs already.
  webServer: given
    ? undefined
    : {
        command: `${join(import.meta.dirname, "../../../bin/countersign")} dev`,
        env: { COUNTERSIGN_LISTEN: new URL(url).host, COUNTERSIGN_DATA: data },
        wait: { stdout: /Loaded in \S+/ },
        timeout: 180_000,
        gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
      },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no free port"))));
    });
  });
}
