// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, type Page } from "@playwright/test";
import { password } from "./deviation";

/** openTask opens a task in the inbox, as its link does. */
export async function openTask(page: Page, id: string): Promise<void> {
  await page.goto(`/inbox?task=${id}`);
  await expect(page.getByRole("region", { name: "Task", exact: true }).getByRole("heading", { level: 2 }).first()).toBeVisible();
}

/** claim takes the task that is open. */
export async function claim(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Claim", exact: true }).click();
  await expect(page.getByRole("button", { name: "Release" })).toBeVisible();
}

/** toSheet gives the verdict of the open task and opens its signing sheet. */
export async function toSheet(page: Page, verdict = "Approve"): Promise<void> {
  await page.getByRole("button", { name: verdict, exact: true }).click();
  await page.getByRole("button", { name: "Continue to the signature" }).click();
  await expect(page.getByRole("dialog", { name: "Sign" })).toBeVisible();
}

/** sign types what the sheet asks for, and signs. */
export async function sign(page: Page, typed = password): Promise<void> {
  const sheet = page.getByRole("dialog", { name: "Sign" });
  await sheet.getByRole("textbox", { name: "Password" }).fill(typed);
  await sheet.getByRole("button", { name: "Sign", exact: true }).click();
}

/** fillTriage answers the form of the first containment, all but its first field. */
export async function fillTriage(page: Page): Promise<void> {
  await answer(page, "Are the affected batches on hold?", "Yes");
  await page.getByLabel("Where and how they are held, or why none is").fill("Cage Q2, red label.");
  await answer(page, "Has any of it left the site for the market?", "No");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByLabel("For the product").fill("Thin corners may let moisture in.");
  await page.getByLabel("For patients").fill("None reached a patient.");
  await page.getByLabel("For data and records").fill("Recorder chart complete.");
  await answer(page, "Is the risk high?", "No");
}

async function answer(page: Page, question: string, with_: "Yes" | "No"): Promise<void> {
  await page.getByRole("radiogroup", { name: question }).getByRole("radio", { name: with_ }).check();
}
