// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { claim, openTask, toSheet } from "./desk";
import { test } from "./people";
import { type Place, screensOf } from "./places";

// The pictures of docs/screens, in the order in which a visitor sees them. `make screens` takes them anew.
const folder = join(import.meta.dirname, "../../../docs/screens");

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}

async function takeOf(page: Page, username: string, screen: string, name: string): Promise<void> {
  const place = screensOf[username]?.find((one: Place) => one.name === screen);
  expect(place, `${username} has a screen ${screen}`).toBeDefined();
  await page.goto(place?.address ?? "");
  await place?.shown(page);
  await take(page, name);
}

test("inbox, task and signature sheet", async ({ open, staff }) => {
  const { task } = await staff.reach("final_approval", "Blister line BL-1: forming station 11 °C too hot for 9 minutes");
  const page = await open("thea");
  await page.goto(`/inbox?box=group&task=${task.id}`);
  await expect(page.getByRole("button", { name: "Claim", exact: true })).toBeVisible();
  await take(page, "01-inbox");
  await openTask(page, task.id);
  await claim(page);
  await take(page, "02-task");
  await toSheet(page);
  await take(page, "03-signature");
});

test("records, a record, the board", async ({ open }) => {
  const page = await open("camilla");
  await takeOf(page, "camilla", "records", "04-records");
  await takeOf(page, "camilla", "record, data", "05-record");
  await takeOf(page, "camilla", "record, process", "06-process");
  await takeOf(page, "camilla", "record, signatures", "07-signatures");
  await takeOf(page, "camilla", "board", "08-board");
});

test("a new record, and administration", async ({ open }) => {
  await takeOf(await open("jonas"), "jonas", "new record", "09-new-record");
  const admin = await open("anders");
  await takeOf(admin, "anders", "settings", "10-settings");
  await takeOf(admin, "anders", "people", "11-people");
  await takeOf(await open("iris"), "iris", "audit trail", "12-audit-trail");
});

test("on a phone, in the dark, in Arabic", async ({ open }) => {
  const phone = { width: 390, height: 844 };
  await takeOf(await open("camilla", {}, { viewport: phone, deviceScaleFactor: 2 }), "camilla", "inbox, my groups", "13-phone");
  await takeOf(await open("camilla", { theme: "dark" }), "camilla", "task", "14-dark");
  await takeOf(await open("camilla", { language: "ar" }), "camilla", "task", "15-arabic");
});
