// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import { test } from "./people";

// elsewhere is a page of another origin: of the same host, and so the same site, where it is named so.
async function elsewhere(html: string): Promise<{ server: Server; port: number }> {
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html; charset=utf-8").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

for (const host of ["127.0.0.1", "localhost"]) {
  test(`a page of another origin, at ${host}, changes nothing`, async ({ open, staff, baseURL }) => {
    const { task } = await staff.reach("assessment_approval", `Asked for from ${host}`);
    const page = await open("camilla");
    const commands = ["/logout", "/login", `/v1/tasks/${task.id}/claim`];
    const forms = commands.map(
      (to) => `<form method="post" action="${baseURL}${to}"><input name="demo" value="anders"><button>${to}</button></form>`,
    );
    const { server, port } = await elsewhere(`<!doctype html><title>Elsewhere</title>${forms.join("")}`);
    const refused = (to: string) => page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url() === baseURL + to);
    try {
      for (const to of commands) {
        await page.goto(`http://${host}:${port}/`);
        const [byForm] = await Promise.all([refused(to), page.getByRole("button", { name: to, exact: true }).click()]);
        expect(byForm.status(), `a form to ${to}`).toBe(403);
        await page.goto(`http://${host}:${port}/`);
        // What a script sends is sent, and its answer kept from it: the server's standing shows what it did.
        await page.evaluate(
          (address) =>
            fetch(address, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }).then(
              () => null,
              () => null,
            ),
          baseURL + to,
        );
      }
      const me = await page.request.get("/v1/me");
      expect((await me.json()).name, "the session goes on, and is hers").toBe("Camilla Skov");
      const { assignee } = await staff.read<{ assignee?: object }>("camilla", `/v1/tasks/${task.id}`);
      expect(assignee, "nobody has claimed the task").toBeUndefined();
    } finally {
      server.close();
    }
  });
}
