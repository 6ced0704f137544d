// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import type { FormDefinition } from "../src/forms/definition";
import type { Deviation } from "./deviation";
import { fillForm } from "./forms";
import { test } from "./people";

const chart = {
  name: "chart of station 2.csv",
  mimeType: "text/csv",
  buffer: Buffer.from("time,temperature_c\n06:10,173.9\n06:24,165.8\n", "utf8"),
};

const choose = (page: Page, file: typeof chart) => page.locator("input[type=file][multiple]").setInputFiles(file);
const list = (page: Page) => page.getByRole("list", { name: "Files of the record" });

// held is what comes out of a download link, byte for byte.
async function held(page: Page, name: string): Promise<Buffer> {
  const link = list(page)
    .getByRole("link", { name: new RegExp(`^Download ${name}`) })
    .first();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFile(await download.path());
}

test("a file is attached to a record, comes back byte for byte, and stays in the versions that had it", async ({ open, staff }) => {
  const { record } = await staff.reach("triage", "With a chart");
  const page = await open("jonas");
  await page.goto(`/records/${record.id}?part=files`);
  await choose(page, chart);
  await expect(page.getByText(/^Ready/)).toBeVisible();
  await page.getByLabel("Reason").fill("The chart of the recorder.");
  await page.getByRole("button", { name: "Attach 1 file" }).click();
  await expect(page.getByText("1 file attached")).toBeVisible();
  await expect(list(page).getByRole("listitem")).toContainText("Version 2");
  expect(await held(page, chart.name)).toEqual(chart.buffer);
  const [attached] = await files(staff, record.id);
  expect(attached?.sha256).toBe(createHash("sha256").update(chart.buffer).digest("hex"));

  await page.getByRole("button", { name: `Take off ${chart.name}` }).click();
  const dialog = page.getByRole("dialog", { name: "Take the file off" });
  await dialog.getByRole("textbox").fill("It is the chart of another station.");
  await dialog.getByRole("button", { name: "Take off", exact: true }).click();
  await expect(list(page).getByText("Taken off in version 3")).toBeVisible();
  await expect(list(page).locator("del")).toHaveText(chart.name);
  expect(await held(page, chart.name), "the version before keeps it").toEqual(chart.buffer);
});

test("a file that is not what its name says is refused where it stands, and nothing is attached", async ({ open, staff }) => {
  const { record } = await staff.reach("triage", "With a false picture");
  const page = await open("jonas");
  await page.goto(`/records/${record.id}?part=files`);
  await choose(page, { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("<script>alert(1)</script>") });
  const chosen = page.getByRole("list", { name: "Chosen files" }).getByRole("listitem");
  await expect(chosen).toContainText("It is not what its name says.");
  await expect(page.getByRole("button", { name: /^Attach/ })).toBeDisabled();
  expect(await files(staff, record.id)).toEqual([]);
});

test("a report is recorded with its files", async ({ open, staff }) => {
  const page = await open("jonas");
  await page.goto("/records/new/deviation");
  const form: FormDefinition = await (await page.request.get("/v1/forms/deviation.report")).json();
  await fillForm(page, form, { ...(await staff.said("report", "name")), title: "Reported with its chart" });
  await choose(page, chart);
  await expect(page.getByText(/^Ready/)).toBeVisible();
  await page.getByRole("button", { name: "Record it" }).click();
  await expect(page).toHaveURL(/\/records\/[0-9a-f-]{36}/);
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  const record = await staff.read<Deviation>("jonas", `/v1/records/${id}`);
  expect(record.title).toBe("Reported with its chart");
  expect((await files(staff, id)).map(({ name }) => name)).toEqual([chart.name]);
});

interface RecordFile {
  name: string;
  sha256: string;
}

async function files(staff: { read<T>(who: string, address: string): Promise<T> }, record: string): Promise<RecordFile[]> {
  return (await staff.read<{ items: RecordFile[] }>("niels", `/v1/records/${record}/files`)).items;
}
