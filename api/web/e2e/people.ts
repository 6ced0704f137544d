// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { organization, password, Staff } from "./deviation";

/** Preferences that a person has at the beginning. They are kept on the server, so every test says what it wants. */
const preferences = { auto_advance: true, shortcuts: true, language: "en", theme: "light", density: "comfortable" };
export type Preferences = Partial<typeof preferences>;

/** logIn gives a browser the session of a person, with the preferences that a test wants. */
export async function logIn(context: BrowserContext, username: string, wanted: Preferences = {}): Promise<void> {
  const { request } = context;
  const login = await request.post("/v1/session", { data: { organization, username, password } });
  expect(login.status(), `${username} logs in`).toBe(201);
  const saved = await request.put("/v1/me/preferences", { data: { ...preferences, ...wanted } });
  expect(saved.ok(), `the preferences of ${username} are saved: ${await saved.text()}`).toBe(true);
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
