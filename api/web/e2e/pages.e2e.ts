// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect } from "@playwright/test";
import { organization, password } from "./deviation";
import { logIn, test } from "./people";

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a person logs in and goes on where he wanted to", async ({ page, context }) => {
    await page.goto("/login?next=/records");
    await page.getByLabel("Organization").fill(organization);
    await page.getByLabel("Username").fill("camilla");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page).toHaveURL("/records");
    const me = await context.request.get("/v1/me");
    expect((await me.json()).name).toBe("Camilla Skov");
  });

  test("a wrong password is refused and leaves nobody logged in", async ({ page, context }) => {
    await page.goto("/login");
    await page.getByLabel("Organization").fill(organization);
    await page.getByLabel("Username").fill("freja");
    await page.getByLabel("Password").fill("not-the-password");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("lock");
    expect((await context.request.get("/v1/me")).status()).toBe(401);
  });

  test("the link of a message leads through the login to its task", async ({ page, staff }) => {
    const { record, task } = await staff.reach("triage", "Link in a message");
    await page.goto(`/t/${task.id}?o=${organization}`);
    await expect(page.getByText(record.number)).toHaveCount(0);
    await page.getByRole("link", { name: "Log in" }).click();
    await page.getByLabel("Username").fill("mette");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page).toHaveURL(`/t/${task.id}?o=${organization}`);
    await expect(page.getByText(`${record.number} Link in a message`)).toBeVisible();
    await expect(page.getByRole("link", { name: "Open it" })).toHaveAttribute("href", `/inbox?task=${task.id}`);
  });

  test("a copy on paper is asked for, made and recorded", async ({ page, context, staff }) => {
    const { record } = await staff.reach("triage", "Copy on paper");
    await logIn(context, "camilla");
    await page.goto(`/print/records/${record.id}`);
    await page.getByRole("button", { name: "Make the copy" }).click();
    await expect(page.getByText("Uncontrolled copy of version")).toBeVisible();
    const history = await staff.read<{ items: { action: string }[] }>("niels", `/v1/records/${record.id}/history`);
    expect(history.items.map((event) => event.action)).toContain("record.print");
  });

  test("a person logs out", async ({ page, context }) => {
    await logIn(context, "camilla");
    await page.goto("/logout");
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page).toHaveURL("/login");
    expect((await context.request.get("/v1/me")).status()).toBe(401);
  });
});

test("the app asks who has no session to log in, and brings him back", async ({ page }) => {
  await page.goto("/inbox?box=group");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("Organization").fill(organization);
  await page.getByLabel("Username").fill("camilla");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page).toHaveURL("/inbox?box=group");
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeVisible();
});

test("logging out in the app ends the session on the server", async ({ open }) => {
  const page = await open("camilla");
  await page.goto("/inbox");
  await page.getByRole("button", { name: /Camilla Skov/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login/);
  expect((await page.request.get("/v1/me")).status()).toBe(401);
});
