// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page } from "@playwright/test";
import { test } from "./people";
import { screensOf } from "./places";

// elsewhere is a page of another origin: of the same host, and so the same site, where it is named so.
async function elsewhere(html: string): Promise<{ server: Server; port: number }> {
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html; charset=utf-8").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

for (const host of ["127.0.0.1", "localhost"]) {
  test(`a page of another origin, at ${host}, changes nothing`, async ({ open, baseURL }) => {
    const page = await open("camilla");
    const logout = `<form method="post" action="${baseURL}/logout"><button>Win a prize</button></form>`;
    const other = `<form method="post" action="${baseURL}/login"><input type="hidden" name="demo" value="anders"><button>Win another</button></form>`;
    const { server, port } = await elsewhere(`<!doctype html><title>Elsewhere</title>${logout}${other}`);
    try {
      for (const button of ["Win a prize", "Win another"]) {
        await page.goto(`http://${host}:${port}/`);
        const [refused] = await Promise.all([
          page.waitForResponse((answer) => answer.request().method() === "POST"),
          page.getByRole("button", { name: button }).click(),
        ]);
        expect(refused.status(), button).toBe(403);
      }
      const me = await page.request.get("/v1/me");
      expect((await me.json()).name, "the session goes on, and is hers").toBe("Camilla Skov");
    } finally {
      server.close();
    }
  });
}

// watch notes whatever a page asks of another host, and whatever the content policy refuses.
function watch(page: Page, origin: string): string[] {
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

for (const username of ["camilla", "jonas", "anders"]) {
  test(`the screens of ${username} ask no other host, run no inline script and evaluate nothing`, async ({ open, baseURL }) => {
    test.setTimeout(120_000);
    const page = await open(username);
    const found = watch(page, baseURL ?? "");
    for (const screen of screensOf[username] ?? []) {
      const answer = await page.goto(screen.address);
      await screen.shown(page);
      const policy = answer?.headers()["content-security-policy"] ?? "";
      expect(policy, screen.address).toContain("script-src 'self';");
      expect(policy, screen.address).not.toMatch(/unsafe-(inline|eval)/);
      const inline = await page.locator("script:not([src])").count();
      const handlers = await page.evaluate(() =>
        [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith("on")),
      );
      expect([inline, handlers], screen.address).toEqual([0, []]);
    }
    expect(found).toEqual([]);
  });
}
