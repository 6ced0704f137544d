// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type BrowserContextOptions, expect, type Page } from "@playwright/test";
import axe from "axe-core";
import { claim, decide, openTask, sign, toSheet } from "./desk";
import { organization } from "./deviation";
import { type Preferences, test } from "./people";
import { mainScreens, type Place, screensOf, settled } from "./places";
import { noInline, watch } from "./watch";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Look is how a screen is seen. */
interface Look {
  scheme: "light" | "dark";
  size: typeof desktop;
}

const large: Look[] = [
  { scheme: "light", size: desktop },
  { scheme: "dark", size: desktop },
];
const looks: Look[] = [...large, { scheme: "light", size: phone }];
const opposite: Look[] = [
  { scheme: "light", size: desktop },
  { scheme: "dark", size: phone },
];

// Colours follow the device, and nothing moves while it is looked at.
const device: Preferences = { theme: "auto" };
const still: BrowserContextOptions = { reducedMotion: "reduce", colorScheme: "light" };

// A menu hangs over the whole page and is in no landmark, as a dialog is, which the rule excepts.
const ofMenus = ["region"];

// violations are what axe finds wrong, by all of its rules but these, each with where it is. Our one frame runs no scripts: its page is
// looked at by itself.
async function violations(page: Page, without: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { resultTypes: ["violations"], iframes: false, rules }),
    rules,
  );
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`));
}

// overflow is how far the page is wider than the screen, in px.
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// look holds a page against the rules in each look. A screen that has to be drawn anew at another size is waited for.
async function look(page: Page, name: string, at: Look[], drawn = settled, without: string[] = []): Promise<void> {
  for (const { scheme, size } of at) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await drawn(page);
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect?.getTiming().iterations === Infinity),
    );
    const what = `${name}, ${scheme}, ${size.width} px`;
    expect.soft(await violations(page, without), what).toEqual([]);
    expect.soft(await overflow(page), `${what}: wider than the screen by`).toBe(0);
  }
}

async function visit(page: Page, screen: Place, at: Look[]): Promise<void> {
  await page.setViewportSize(at[0]?.size ?? desktop);
  const answer = await page.goto(screen.address);
  await screen.shown(page);
  await noInline(page, answer);
  await look(page, screen.name, at);
}

for (const [username, screens] of Object.entries(screensOf)) {
  test(`axe finds nothing in the screens of ${username}; they ask no other host, run no inline script and evaluate nothing`, async ({
    open,
    baseURL,
  }) => {
    test.setTimeout(240_000);
    const page = await open(username, device, still);
    const found = watch(page, baseURL ?? "");
    for (const screen of screens) await visit(page, screen, mainScreens.includes(screen.name) ? looks : large);
    expect(found).toEqual([]);
  });

  const main = screens.filter((screen) => mainScreens.includes(screen.name));
  if (main.length === 0) continue;
  test(`in Arabic the screens of ${username} go from right to left, and axe finds nothing`, async ({ open }) => {
    test.setTimeout(120_000);
    const page = await open(username, { ...device, language: "ar" }, still);
    for (const screen of main) {
      await visit(page, screen, opposite);
      expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang]), screen.name).toEqual(["rtl", "ar"]);
    }
  });
}

test("axe finds nothing in a signing sheet, its receipt, and the dialogs before them", async ({ open, staff }) => {
  test.setTimeout(120_000);
  const { record, task } = await staff.reach("assessment_approval", "Looked at by axe");
  const page = await open("camilla", device, still);
  await openTask(page, task.id);
  await look(page, "task before it is claimed", looks);
  await page.setViewportSize(desktop);
  await claim(page);
  await look(page, "task", looks);
  await page.setViewportSize(desktop);
  const shown = (name: string) => async () => await expect(page.getByRole("dialog", { name })).toBeVisible();
  for (const [button, name] of [
    ["Delegate", "Delegate this task"],
    ["Follow up", "Put it off"],
    ["Return", "Return"],
    ["Approve", "Approve"],
  ] as const) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await look(page, name, large, shown(name));
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await toSheet(page);
  await look(page, "signing sheet", looks, shown("Sign"));
  await page.setViewportSize(desktop);
  const view = await page.locator("iframe[title='What you sign']").getAttribute("src");
  await sign(page, "not-the-password");
  await expect(page.getByRole("alert")).toBeVisible();
  await look(page, "signing sheet after a wrong password", large, shown("Sign"));
  await sign(page);
  await look(page, "receipt", looks, shown("Receipt"));
  // In its frame nothing runs, axe neither.
  const signed = await (await page.request.get(view ?? "")).text();
  await page.goto("about:blank");
  await page.setContent(signed);
  await look(page, "what is signed", looks, async () => await expect(page.getByText(record.number).first()).toBeVisible());
});

test("axe finds nothing in the slip of a task that asks for no signature", async ({ open, staff }) => {
  const { record } = await staff.reach("triage", "Slipped past axe");
  const page = await open("mette", device, still);
  await decide(page, record.number, await staff.said("triage", "name"));
  await look(page, "slip", looks);
});

test("axe finds nothing in the dialogs of a record", async ({ open, staff }) => {
  test.setTimeout(120_000);
  const { record } = await staff.reach("assessment", "Record with dialogs");
  const page = await open("mette", device, still);
  await page.goto(`/records/${record.id}`);
  await settled(page);
  const dialog = page.getByRole("dialog");
  const shown = async () => await expect(dialog).toBeVisible();
  const close = async () => {
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
  };
  await page.getByRole("button", { name: "Print", exact: true }).click();
  await look(page, "print", large, shown);
  await close();
  await page.getByRole("button", { name: "Actions" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look(page, "actions", large, async () => await expect(page.getByRole("menu")).toBeVisible(), ofMenus);
  const acts = await page.getByRole("menuitem").allTextContents();
  expect(acts.length).toBeGreaterThan(5);
  await page.keyboard.press("Escape");
  for (const act of acts) {
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: act, exact: true }).click();
    await look(page, act, large, shown);
    await close();
  }
});

test("axe finds nothing in the palette, the help, the menus and the login over a page", async ({ open, staff }) => {
  test.setTimeout(120_000);
  const page = await open("mette", device, still);
  await page.goto("/inbox?box=group");
  await settled(page);
  const dialog = page.getByRole("dialog");
  const shown = async () => await expect(dialog).toBeVisible();
  for (const [name, keys] of [
    ["palette", "Control+k"],
    ["keyboard help", "?"],
  ] as const) {
    await page.keyboard.press(keys);
    await look(page, name, large, shown);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
  }
  for (const name of ["Filter", "Views"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await look(page, name, large, shown);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
  }
  const menu = page.getByRole("menu");
  await page.getByRole("button", { name: /Mette Friis/ }).click();
  await look(page, "menu of the person", large, async () => await expect(menu).toBeVisible(), ofMenus);
  await page.keyboard.press("Escape");
  const { session } = await (await page.request.get("/v1/me")).json();
  await staff.command("mette", `/v1/me/sessions/${session.id}/end`, undefined);
  await page.getByRole("link", { name: "Records" }).click();
  await look(page, "login over the page", looks, async () => {
    await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  });
});

test("axe finds nothing in the pages that the server draws", async ({ page, open, staff }) => {
  test.setTimeout(120_000);
  const { record, task } = await staff.reach("assessment_approval", "Drawn by the server");
  const drawn = async () => await expect(page.getByRole("heading").first()).toBeVisible();
  for (const address of ["/login", `/t/${task.id}?o=${organization}`, "/logout"]) {
    await page.goto(address);
    await look(page, `${address}, nobody logged in`, looks, drawn);
  }
  await page.goto("/login");
  await page.getByLabel("Organization").fill(organization);
  await page.getByLabel("Username").fill("freja");
  await page.getByLabel("Password").fill("not-the-password");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look(page, "refused login", looks, drawn);

  const hers = await open("camilla", device, still);
  const there = async () => await expect(hers.getByRole("heading").first()).toBeVisible();
  for (const address of ["/login", `/t/${task.id}?o=${organization}`, "/logout", `/print/records/${record.id}`]) {
    await hers.goto(address);
    await look(hers, `${address}, logged in`, looks, there);
  }
  await hers.goto(`/print/records/${record.id}`);
  await hers.getByRole("button", { name: "Make the copy" }).click();
  await expect(hers.getByText("Uncontrolled copy of version")).toBeVisible();
  await look(hers, "printed record", looks, there);
});
