// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { organization, password, Staff } from "./deviation";

/** Preferences that a person has at the beginning. They are kept on the server, so every test says what it wants. */
const preferences = { auto_advance: true, shortcuts: true, language: "en", theme: "light", density: "comfortable" };
export type Preferences = Partial<typeof preferences>;

/** logIn gives a browser the session of a person, with the preferences that a test wants. */
export async function logIn(context: BrowserContext, username: string, wanted: Preferences = {}): Promise<void> {
  const { request } = context;
  const totp = username === "nadia" ? { totp: oneTimeCode() } : {};
  const login = await request.post("/v1/session", { data: { organization, username, password, ...totp } });
  expect(login.status(), `${username} logs in`).toBe(201);
  const saved = await request.put("/v1/me/preferences", { data: { ...preferences, ...wanted } });
  expect(saved.ok(), `the preferences of ${username} are saved: ${await saved.text()}`).toBe(true);
}

// oneTimeCode is the present code of the one person of the demo who logs in with one (RFC 6238). Each is good once: she logs in once.
function oneTimeCode(): string {
  const state = readFileSync(join(process.env.E2E_DATA ?? "", `demo-${organization}.json`), "utf8");
  const secret: string = JSON.parse(state).one_time_secret;
  const bits = [...secret].map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

interface Fixtures {
  /** Opens a browser of its own for a person, logged in. */
  open: (username: string, wanted?: Preferences, options?: BrowserContextOptions) => Promise<Page>;
}

interface WorkerFixtures {
  /** The people at the REST API, for what a test needs done and is not about. */
  staff: Staff;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  open: async ({ browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (username, wanted, options) => {
      const context = await browser.newContext(options);
      opened.push(context);
      await logIn(context, username, wanted);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  staff: [
    async ({ playwright }, use) => {
      const staff = new Staff(playwright, process.env.E2E_URL ?? "");
      await use(staff);
      await staff.dispose();
    },
    { scope: "worker" },
  ],
});
