// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, type Page, type Response } from "@playwright/test";

/** watch notes whatever a page asks of another host, whatever the content policy refuses, and whatever fails in it. */
export function watch(page: Page, origin: string): string[] {
  const found: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) found.push(`asked ${request.url()}`);
  });
  page.on("console", (message) => {
    if (/content security policy|unsafe-eval/i.test(message.text())) found.push(message.text());
  });
  page.on("pageerror", (error) => found.push(`${error.name}: ${error.message}`));
  return found;
}

/** noInline expects that a page came with a strict content policy, and has no script of its own in it. */
export async function noInline(page: Page, answer: Response | null): Promise<void> {
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy, page.url()).toContain("script-src 'self';");
  expect(policy, page.url()).not.toMatch(/unsafe-(inline|eval)/);
  const inline = await page.locator("script:not([src])").count();
  const handlers = await page.evaluate(() =>
    [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith("on")),
  );
  expect([inline, handlers], page.url()).toEqual([0, []]);
}
