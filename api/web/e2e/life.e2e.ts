// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect } from "@playwright/test";
import { claim, fillTriage, openTask, sign, toSheet } from "./desk";
import { test } from "./people";

// Three people in three browsers; between them the other roles do their steps over the API.
test("the life of a major deviation, from its report to its closure", async ({ open, staff }) => {
  test.setTimeout(180_000);
  const { id, number } = await staff.report("The whole life of a major deviation");

  const owner = await open("mette");
  await openTask(owner, (await staff.at(id, "triage")).task.id);
  await claim(owner);
  await owner.getByLabel("Why nothing needs containing").fill("The line stopped by itself.");
  await fillTriage(owner);
  await owner.getByRole("button", { name: "Complete", exact: true }).click();
  await owner.getByRole("dialog", { name: "Complete" }).getByRole("button", { name: "Complete", exact: true }).click();
  await expect(owner.getByRole("status").filter({ hasText: "Recorded: Completed" })).toContainText(number);
  await staff.decide(id, "assessment");

  const assessor = await open("camilla");
  await openTask(assessor, (await staff.at(id, "assessment_approval")).task.id);
  await claim(assessor);
  await toSheet(assessor);
  await sign(assessor);
  await expect(assessor.getByRole("dialog", { name: "Receipt" })).toContainText("Signed: Approved");
  for (const step of ["investigation", "technical_approval", "disposition", "capa_decision", "audit_trail_review"])
    await staff.decide(id, step);

  const closer = await open("thea");
  await openTask(closer, (await staff.at(id, "final_approval")).task.id);
  await claim(closer);
  await toSheet(closer);
  await sign(closer);
  await expect(closer.getByRole("dialog", { name: "Receipt" })).toContainText("Signed: Approved");

  await expect(async () => {
    const record = await staff.read<{ state: string; class: string }>("niels", `/v1/records/${id}`);
    expect(record).toMatchObject({ state: "closed", class: "major" });
  }).toPass({ timeout: 20_000 });
  await owner.goto(`/records/${id}?part=signatures`);
  for (const name of ["Camilla Skov", "Kirsten Dam", "Henrik Aagaard", "Erik Vestergaard", "Thea Thorsen"]) {
    await expect(owner.getByRole("main").getByText(name).first()).toBeVisible();
  }
});
