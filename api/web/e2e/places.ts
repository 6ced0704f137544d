// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, type Page } from "@playwright/test";

/** Place is a screen: where it is, and when it is all there. */
export interface Place {
  name: string;
  address: string;
  shown: (page: Page) => Promise<void>;
}

/** settled waits for the heading, and until nothing is being loaded any more. Live events stay open, so the network is never idle. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
  await expect(page.locator(".mantine-Skeleton-root, [aria-busy=true]")).toHaveCount(0);
}

const place = (name: string, address: string): Place => ({ name, address, shown: settled });

// first goes through the first row to the page behind it.
const first = (name: string, address: string, pattern: RegExp): Place => ({
  name,
  address,
  shown: async (page) => {
    await settled(page);
    const links = page.locator("main a[href]");
    await expect(links.first()).toBeVisible();
    const hrefs = await links.evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
    const href = hrefs.find((each) => pattern.test(each));
    expect(href, `${address} links to one of ${pattern}`).toBeDefined();
    await page.locator(`main a[href="${href}"]`).first().click();
    await page.waitForURL((url) => pattern.test(url.pathname + url.search));
    await settled(page);
  },
});

const uuid = "[0-9a-f-]{36}";
const record = (part: string): Place => {
  const open = first("", "/records", new RegExp(`^/records/${uuid}`));
  return {
    name: `record, ${part}`,
    address: open.address,
    shown: async (page) => {
      await open.shown(page);
      await page.goto(`${new URL(page.url()).pathname}?part=${part}`);
      await settled(page);
    },
  };
};

// The pane of a task comes after the list beside it.
const firstTask = first("task", "/inbox?box=group", /^\/inbox.*task=/);
const task: Place = {
  ...firstTask,
  shown: async (page) => {
    await firstTask.shown(page);
    await expect(page.locator("main article h2").first()).toBeVisible();
    await settled(page);
  },
};

/** screensOf is every screen of the app, by a person who may see it. */
export const screensOf: Record<string, Place[]> = {
  camilla: [
    place("inbox", "/inbox"),
    place("inbox, my groups", "/inbox?box=group"),
    place("inbox, done", "/inbox?box=done"),
    task,
    place("records", "/records"),
    ...["data", "process", "history", "signatures", "files", "versions", "links"].map(record),
    place("board", "/board"),
    first("tasks behind a figure", "/board", /^\/board\/tasks/),
    first("records behind a figure", "/board", /^\/board\/records/),
    place("me", "/me"),
    place("no such page", "/inbox/nowhere"),
  ],
  jonas: [place("new record", "/records/new/deviation")],
  anders: [
    place("admin", "/admin"),
    place("people", "/admin/people"),
    first("person", "/admin/people", new RegExp(`^/admin/people/${uuid}`)),
    place("groups", "/admin/groups"),
    place("keys", "/admin/keys"),
    place("calendars", "/admin/calendars"),
    first("calendar", "/admin/calendars", new RegExp(`^/admin/calendars/${uuid}`)),
    place("sites", "/admin/sites"),
    place("settings", "/admin/settings"),
    place("absences", "/admin/absences"),
    place("sessions", "/admin/sessions"),
  ],
  iris: [
    place("audit trail", "/admin/audit"),
    place("decisions", "/admin/decisions"),
    first("decision", "/admin/decisions", new RegExp(`^/admin/decisions/${uuid}`)),
    place("policies", "/admin/policies"),
  ],
};

/** mainScreens are those that are looked at in Arabic as well. */
export const mainScreens = [
  "inbox, my groups",
  "task",
  "records",
  "record, data",
  "record, process",
  "record, history",
  "board",
  "me",
  "new record",
  "people",
];
