// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect } from "@playwright/test";
import { test } from "./people";

test("who is given a task hears of it at once, and is led to it", async ({ open, staff }) => {
  const { record, task } = await staff.reach("assessment_approval", "Given to another");
  const page = await open("henrik");
  await page.goto("/inbox");
  const bell = page.getByRole("button", { name: /^Notifications: / });
  await bell.click();
  const notices = page.getByRole("dialog", { name: "Notifications" });
  await expect(notices).toBeVisible();
  if (await notices.getByRole("button", { name: "Mark all as read" }).isVisible()) {
    await notices.getByRole("button", { name: "Mark all as read" }).click();
  }
  await expect(notices.getByRole("status")).toHaveText(/Nothing unread|^$/);
  await page.keyboard.press("Escape");
  await expect(bell).toBeFocused();
  await expect(bell).toHaveAccessibleName("Notifications: Nothing unread");

  const { id } = await staff.read<{ id: string }>("henrik", "/v1/me");
  await staff.command("camilla", `/v1/tasks/${task.id}/claim`, undefined);
  await staff.command("camilla", `/v1/tasks/${task.id}/delegate`, { to: id, reason: "You know the line." });
  await expect(bell, "without a question").toHaveAccessibleName("Notifications: 1 unread");
  await bell.click();
  const newest = notices.getByRole("listitem").first();
  await expect(newest).toContainText(`Camilla Skov gave you a task`);
  await expect(newest).toContainText(record.number);
  await newest.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/inbox\\?task=${task.id}`));
  await expect(notices).toHaveCount(0);
  await expect(page.getByText("You do it for Camilla Skov, to whom it belongs.")).toBeVisible();
});
