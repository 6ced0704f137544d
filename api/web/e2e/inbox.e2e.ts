// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";
import { claim, complete, fillTriage, openTask, sign, toSheet } from "./desk";
import { password, type Staff } from "./deviation";
import { test } from "./people";

test("a task is claimed, filled in and completed", async ({ open, staff }) => {
  const { record, task } = await staff.reach("triage", "Filled in by hand");
  const page = await open("mette");
  await openTask(page, task.id);
  await claim(page);
  await page.getByLabel("Why nothing needs containing").fill("The line stopped by itself.");
  await fillTriage(page);
  await complete(page);
  await expect(page.getByRole("status").filter({ hasText: "Recorded: Completed" })).toContainText(record.number);
  const { record: after } = await staff.at(record.id, "assessment");
  const { data } = await staff.read<{ data: { triage: object } }>("mette", `/v1/records/${record.id}`);
  expect(after.version).toBe(record.version + 1);
  expect(data.triage).toMatchObject({ containment_none_reason: "The line stopped by itself.", batches_held: true, high_risk: false });
});

test("an approval is signed with a password, and ends in its receipt", async ({ open, staff }) => {
  const { record, task } = await staff.reach("assessment_approval", "Signed with a password");
  const page = await open("camilla");
  await openTask(page, task.id);
  await claim(page);
  await toSheet(page);
  const sheet = page.getByRole("dialog", { name: "Sign" });
  await expect(page.frameLocator("iframe[title='What you sign']").getByText(record.number).first()).toBeVisible();
  for (const name of ["Username", "Password"]) await expect(sheet.getByRole("textbox", { name }), "nothing is filled in").toHaveValue("");
  await sign(page, "not-the-password");
  await expect(sheet.getByRole("alert")).toBeVisible();
  await expect(sheet.getByRole("textbox", { name: "Password" })).toHaveValue("");
  await sign(page);
  const receipt = page.getByRole("dialog", { name: "Receipt" });
  await expect(receipt).toContainText("Signed: Approved");
  await expect(receipt).toContainText(record.number);
  expect(await signers(staff, record.id)).toEqual(["Camilla Skov"]);
});

test("of two who claim at once one has the task, and the other sees who", async ({ open, staff }) => {
  const { task } = await staff.reach("assessment_approval", "Claimed by two");
  const [first, second] = [await open("camilla"), await open("henrik")];
  await openTask(first, task.id);
  await openTask(second, task.id);
  // The second claim is sent, and reaches the server after the first.
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await second.route("**/claim", async (route) => {
    await held;
    await route.continue();
  });
  await second.getByRole("button", { name: "Claim", exact: true }).click();
  await claim(first);
  go();
  await expect(second.getByText("Camilla Skov has it")).toBeVisible();
  await expect(second.getByText("It was claimed a moment before you.")).toBeVisible();
  await expect(second.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
});

test("an approval with the keyboard alone", async ({ open, staff }) => {
  const title = `Keys only ${randomUUID().slice(0, 8)}`;
  const { record } = await staff.reach("assessment_approval", title);
  const page = await open("camilla");
  await page.goto("/inbox?box=group");
  await expect(page.getByRole("listitem").filter({ hasText: title })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(title);
  await expect(page.getByRole("region", { name: "Tasks", exact: true }).getByRole("listitem")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Claim", exact: true })).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByRole("button", { name: "Approve", exact: true })).toBeEnabled();
  await page.keyboard.press("a");
  await expect(page.getByRole("dialog").getByLabel("Comment")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  const sheet = page.getByRole("dialog", { name: "Sign" });
  await expect(sheet.getByRole("textbox", { name: "Username" })).toBeFocused();
  await page.keyboard.type("camilla");
  await page.keyboard.press("Tab");
  await expect(sheet.getByRole("textbox", { name: "Password" })).toBeFocused();
  await page.keyboard.type(password);
  await expect(sheet.getByRole("button", { name: "Sign", exact: true }), "once what is signed has been shown").toBeEnabled();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Receipt" })).toContainText("Signed: Approved");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Receipt" })).toHaveCount(0);
  expect(await signers(staff, record.id)).toEqual(["Camilla Skov"]);
});

test("an approval on a phone: the list, then the task, then the signature", async ({ open, staff }) => {
  const title = `By thumb ${randomUUID().slice(0, 8)}`;
  const { record } = await staff.reach("assessment_approval", title);
  const page = await open("camilla", {}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto("/inbox?box=group");
  const row = page.getByRole("region", { name: "Tasks", exact: true }).getByRole("link").filter({ hasText: title });
  await row.tap();
  await expect(row, "the task takes the place of the list").toBeHidden();
  await page.getByRole("button", { name: "Claim", exact: true }).tap();
  await expect(page.getByRole("button", { name: "Release" })).toBeVisible();
  await toSheet(page);
  await sign(page);
  const receipt = page.getByRole("dialog", { name: "Receipt" });
  await expect(receipt).toContainText("Signed: Approved");
  const { left, right } = await receipt.evaluate((node) => node.getBoundingClientRect().toJSON());
  expect([left >= 0, right <= 390], "all of it is on the screen").toEqual([true, true]);
  expect(await signers(staff, record.id)).toEqual(["Camilla Skov"]);
});

test("what arrives does not move the list, and is told", async ({ open, staff }) => {
  const page = await open("camilla");
  await page.goto("/inbox?box=group");
  const tasks = page.getByRole("region", { name: "Tasks", exact: true });
  await expect(tasks.getByRole("listitem").first()).toBeVisible();
  const before = await tasks.getByRole("list").innerText();
  const title = `Arrived meanwhile ${randomUUID().slice(0, 8)}`;
  await staff.reach("assessment_approval", title);
  await expect(tasks.getByText("1 new task")).toBeVisible();
  expect(await tasks.getByRole("list").innerText()).toBe(before);
  await tasks.getByRole("button", { name: "Show" }).click();
  await expect(tasks.getByText("1 new task")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Find in this list" }).fill(title);
  await expect(tasks.getByRole("link").filter({ hasText: title })).toBeVisible();
});

test("who decides on a record that was changed meanwhile is refused, sees the difference and decides again", async ({ open, staff }) => {
  const { record, task } = await staff.reach("triage", "Changed meanwhile");
  const page = await open("mette");
  await openTask(page, task.id);
  await claim(page);
  await page.getByLabel("Why nothing needs containing").fill("The line stopped by itself.");
  await fillTriage(page);
  const change = { field: "report.line", to: "Blister line BL-2", reason: "The other line was meant." };
  await staff.command("jonas", `/v1/records/${record.id}/correct`, { changes: [change] }, record.version);
  await complete(page);
  const difference = page.getByRole("dialog", { name: "The record has changed since you looked" });
  await expect(difference).toContainText("You saw version 1; it is version 2 now.");
  await expect(difference).toContainText("The other line was meant.");
  await expect(difference.locator("del")).toHaveText("Blister line BL-1");
  await expect(difference.locator("ins")).toHaveText("Blister line BL-2");
  await difference.getByRole("button", { name: /I have seen it/ }).click();
  await expect(difference).toHaveCount(0);
  await complete(page);
  await expect(page.getByRole("status").filter({ hasText: "Recorded: Completed" })).toContainText(record.number);
});

test("a session that ends in mid-form leaves what was filled in", async ({ open, staff }) => {
  const { task } = await staff.reach("triage", "Ended in mid-form");
  const page = await open("mette");
  await openTask(page, task.id);
  await claim(page);
  const [reason, details] = [
    page.getByLabel("Why nothing needs containing"),
    page.getByLabel("Where and how they are held, or why none is"),
  ];
  await reason.fill("Before the end.");
  await expect(page.getByText("Draft kept")).toBeVisible();
  const { session } = await (await page.request.get("/v1/me")).json();
  await staff.command("mette", `/v1/me/sessions/${session.id}/end`, undefined);
  await details.fill("After the end.");
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await again.getByRole("textbox", { name: "Password" }).fill(password);
  await again.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(again).toHaveCount(0);
  await expect(reason).toHaveValue("Before the end.");
  await expect(details).toHaveValue("After the end.");
  await expect(async () => {
    const draft = await staff.read<{ data: object }>("mette", `/v1/tasks/${task.id}/draft`);
    expect(draft.data).toMatchObject({ containment_none_reason: "Before the end.", batches_held_details: "After the end." });
  }).toPass({ timeout: 20_000 });
  await page.reload();
  await expect(details).toHaveValue("After the end.");
});

test("a network that is cut while a signature is recorded ends in the receipt, and in one signature", async ({ open, staff }) => {
  const { record, task } = await staff.reach("assessment_approval", "Cut while signing");
  const page = await open("camilla");
  await openTask(page, task.id);
  await claim(page);
  await toSheet(page);
  const keys: string[] = [];
  let release = () => {};
  const seen = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/complete", async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    if (keys.length === 1) {
      expect((await route.fetch()).status(), "the server has recorded it").toBe(200);
      await route.abort("connectionreset");
      return;
    }
    await seen;
    await route.continue();
  });
  await sign(page);
  await expect(page.getByText("No answer yet. We ask again with the same request: it cannot happen twice.")).toBeVisible();
  release();
  await expect(page.getByRole("dialog", { name: "Receipt" })).toContainText("Signed: Approved");
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size, "with one key").toBe(1);
  expect(await signers(staff, record.id)).toEqual(["Camilla Skov"]);
});

async function signers(staff: Staff, record: string): Promise<string[]> {
  const { items } = await staff.read<{ items: { signer: { printed_name: string } }[] }>("niels", `/v1/records/${record}/signatures`);
  return items.map((signature) => signature.signer.printed_name);
}
