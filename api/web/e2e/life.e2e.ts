// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type { FormDefinition } from "../src/forms/definition";
import { decide } from "./desk";
import { cast, type Deviation } from "./deviation";
import { fillForm } from "./forms";
import { test } from "./people";

const countersign = join(import.meta.dirname, "../../../bin/countersign");

// Segregation of duties has it that eight people act, each at his own browser. Nothing is done over the API: it is only looked
// at, to know when the process has opened the next step.
test("the life of a major deviation, from its report to its closure and its verified evidence", async ({ open, staff }, info) => {
  test.setTimeout(300_000);
  const desks = new Map<string, Page>();
  const desk = async (step: string): Promise<Page> => {
    const who = cast[step] ?? "";
    const page = desks.get(who) ?? (await open(who));
    desks.set(who, page);
    return page;
  };

  const reporter = await desk("report");
  const { id, number } = await test.step("report", async () => {
    await reporter.goto("/records/new/deviation");
    const form: FormDefinition = await (await reporter.request.get("/v1/forms/deviation.report")).json();
    await fillForm(reporter, form, { ...(await staff.said("report", "name")), title: "The whole life of a major deviation" });
    await reporter.getByRole("button", { name: "Record it" }).click();
    await expect(reporter).toHaveURL(/\/records\/[0-9a-f-]{36}/);
    const record = new URL(reporter.url()).pathname.split("/").pop() ?? "";
    return staff.read<Deviation>("jonas", `/v1/records/${record}`);
  });
  for (const step of Object.keys(cast).slice(1)) {
    await test.step(step, async () => {
      await staff.at(id, step);
      await decide(await desk(step), number, await staff.said(step, "name"));
    });
  }
  expect(desks.size, "people who acted, each in a browser of his own").toBe(8);

  const closer = await desk("final_approval");
  await closer.goto(`/records/${id}?part=signatures`);
  const main = closer.getByRole("main");
  await expect(main.getByText("Closed", { exact: true }).first()).toBeVisible();
  const signatures = main.getByRole("article");
  await expect(signatures).toHaveCount(5);
  for (const name of ["Camilla Skov", "Kirsten Dam", "Henrik Aagaard", "Erik Vestergaard", "Thea Thorsen"]) {
    await expect(main.getByRole("article", { name: `Signature of ${name}` })).toContainText("Verified now");
  }

  const [download] = await Promise.all([closer.waitForEvent("download"), main.getByRole("link", { name: "Evidence pack" }).click()]);
  const pack = info.outputPath("pack.zip");
  await download.saveAs(pack);
  const report = execFileSync(countersign, ["verify", pack], { encoding: "utf8" }); // fails the test where anything is wrong
  expect(report).toContain("5 signatures, 5 signed views");
});
