// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, type Page } from "@playwright/test";
import type { Data, FormDefinition } from "../src/forms/definition";
import { password } from "./deviation";
import { fillForm } from "./forms";

/** openTask opens a task in the inbox, as its link does. */
export async function openTask(page: Page, id: string): Promise<void> {
  await page.goto(`/inbox?task=${id}`);
  await expect(page.getByRole("region", { name: "Task", exact: true }).getByRole("heading", { level: 2 }).first()).toBeVisible();
}

/** find looks a task up in the group's inbox by the number of its record, and opens it. It says which it is. */
export async function find(page: Page, number: string): Promise<string> {
  await page.goto("/inbox?box=group");
  await page.getByRole("textbox", { name: "Find in this list" }).fill(number);
  await page.getByRole("region", { name: "Tasks", exact: true }).getByRole("link").filter({ hasText: number }).click();
  await expect(page).toHaveURL(/[?&]task=/);
  return new URL(page.url()).searchParams.get("task") ?? "";
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

/** decide takes the task of a record that waits for a person, fills in its form, and decides it, signed where it asks for that. */
export async function decide(page: Page, number: string, data: Data | undefined): Promise<void> {
  const id = await find(page, number);
  await claim(page);
  const task = await (await page.request.get(`/v1/tasks/${id}`)).json();
  if (data) await fillForm(page, task.form as FormDefinition, data);
  const verdict = task.kind === "approval" ? "Approve" : "Complete";
  if (task.signature) {
    await toSheet(page, verdict);
    await sign(page);
    await expect(page.getByRole("dialog", { name: "Receipt" })).toContainText(number);
  } else {
    await complete(page, verdict);
    await expect(page.getByRole("status").filter({ hasText: "Recorded: Completed" })).toContainText(number);
  }
}

/** complete gives the verdict of the open task, which asks for no signature. */
export async function complete(page: Page, verdict = "Complete"): Promise<void> {
  await page.getByRole("button", { name: verdict, exact: true }).click();
  await page.getByRole("dialog", { name: verdict }).getByRole("button", { name: verdict, exact: true }).click();
}

/** sign types what the sheet asks for, and signs. */
export async function sign(page: Page, typed = password): Promise<void> {
  const sheet = page.getByRole("dialog", { name: "Sign" });
  const { username } = await (await page.request.get("/v1/me")).json();
  await sheet.getByRole("textbox", { name: "Username" }).fill(username);
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
