// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, type Page } from "@playwright/test";
import { test } from "./people";
import { settled } from "./places";

// kept is what the service worker has put away.
const kept = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    }
    return found;
  });

test("the app can be installed, keeps its shell, and never an answer of the API", async ({ open }) => {
  const page = await open("camilla");
  await page.goto("/inbox?box=group");
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    return (await fetch(link?.href ?? "")).json();
  });
  expect([manifest.display, manifest.start_url, manifest.icons.length > 1]).toEqual(["standalone", "/inbox", true]);

  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await page.reload();
  await settled(page);
  await page.getByRole("link", { name: "Records" }).click();
  await settled(page);
  const files = await kept(page);
  expect(files).toContain("/inbox");
  expect(files.filter((path) => path.startsWith("/assets/")).length).toBeGreaterThan(5);
  expect(files.filter((path) => path !== "/inbox" && !path.startsWith("/assets/"))).toEqual([]);

  await page.context().setOffline(true);
  await page.goto("/inbox");
  await expect(page.getByRole("alert"), "the shell is there, and says what is missing").toBeVisible();
  await page.context().setOffline(false);
  await page.reload();
  await settled(page);
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeVisible();
});
