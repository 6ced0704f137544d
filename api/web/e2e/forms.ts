// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Locator, Page } from "@playwright/test";
import type { Data, Field, FormDefinition } from "../src/forms/definition";

// The site of the stories, by whose clock their instants are filled in.
const zone = "Europe/Copenhagen";
const seenAtOnce = 5; // options; more are chosen from a list

/** fillForm fills in a form on a page as a person does: question by question, and page by page. People are named by their names. */
export async function fillForm(page: Page, form: FormDefinition, data: Data): Promise<void> {
  const answered = form.pages.filter((each) => each.sections.some((section) => section.fields.some((field) => field.id in data)));
  for (const [n, each] of answered.entries()) {
    if (n > 0) await page.getByRole("button", { name: "Next", exact: true }).click();
    for (const field of each.sections.flatMap((section) => section.fields)) {
      if (field.id in data) await fillField(page, page.getByRole("main"), field, data[field.id]);
    }
  }
}

async function fillField(page: Page, place: Locator, field: Field, value: unknown): Promise<void> {
  switch (field.type) {
    case "boolean":
      return one(place, field.label, value ? "Yes" : "No");
    case "choice": {
      const label = field.options?.find((option) => option.value === value)?.label ?? "";
      return (field.options ?? []).length <= seenAtOnce ? one(place, field.label, label) : choose(page, place, field.label, label);
    }
    case "person":
      return choose(page, place, field.label, String(value));
    case "instant":
      return input(place, field.label).fill(wall(String(value)));
    case "quantity": {
      const { value: number, unit } = value as { value: number; unit: string };
      await input(place, field.label).fill(String(number));
      return choose(page, place, `${field.label}: Unit`, unit);
    }
    case "table":
      for (const [n, row] of (value as Data[]).entries()) {
        await place.getByRole("button", { name: `Add: ${field.label}`, exact: true }).click();
        const cells = place.getByRole("group", { name: `${field.label} ${n + 1}`, exact: true });
        for (const column of field.columns ?? []) if (column.id in row) await fillField(page, cells, column, row[column.id]);
      }
      return;
    default:
      return input(place, field.label).fill(String(value));
  }
}

// What is required has a star after its label.
const input = (place: Locator, label: string): Locator =>
  place.locator("input, textarea").and(place.getByLabel(new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}( \\*)?$`)));

const one = (place: Locator, question: string, answer: string): Promise<void> =>
  place.getByRole("radiogroup", { name: question, exact: true }).getByRole("radio", { name: answer, exact: true }).check();

async function choose(page: Page, place: Locator, label: string, option: string): Promise<void> {
  const list = input(place, label);
  await list.click();
  await list.fill(option);
  await page.getByRole("option", { name: option, exact: true }).click();
}

// wall is an instant as the clock of the site shows it, to the minute.
const wall = (instant: string) => new Date(instant).toLocaleString("sv-SE", { timeZone: zone }).slice(0, 16).replace(" ", "T");
