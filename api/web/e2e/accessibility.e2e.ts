// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { test } from "./people";
import { screensOf } from "./places";

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

// WCAG 2.2, A and AA. What axe calls best practice is another matter.
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// violations are what axe finds wrong, each with where it is.
async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`));
}

// overflow is how far the page is wider than the screen, in px.
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [theme, size] of [
  ["light", "desktop"],
  ["light", "phone"],
  ["dark", "desktop"],
] as const) {
  test(`axe finds nothing in the login page, ${theme}, ${size}`, async ({ page }) => {
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/login");
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
}

for (const username of ["jonas", "anders"]) {
  test(`axe finds nothing in the screens of ${username}`, async ({ open }) => {
    test.setTimeout(300_000);
    const page = await open(username, {}, { reducedMotion: "reduce" });
    for (const screen of screensOf[username] ?? []) {
      await page.goto(screen.address);
      await screen.shown(page);
      expect.soft(await violations(page), screen.name).toEqual([]);
      expect.soft(await overflow(page), `${screen.name} is as wide as the screen`).toBe(0);
    }
  });
}
