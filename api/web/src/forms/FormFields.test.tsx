// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import common from "~/i18n/en/common.json";
import texts from "~/i18n/en/forms.json";
import type { Data, FormDefinition } from "./definition";
import { FormFields } from "./FormFields";
import { type Filling, type FillingOptions, useFilling } from "./filling";

const forms = import.meta.glob<FormDefinition>("../../../../models/packs/gxp/*.json", { eager: true, import: "default" });
const report = Object.values(forms).find((form) => form.id === "deviation.report") as FormDefinition;

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, forms: texts } } }));

beforeEach(() => vi.stubGlobal("fetch", async () => Response.json({ items: [] })));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function fill(options: FillingOptions): () => Filling {
  let filling: Filling | undefined;
  function Probe() {
    filling = useFilling(options);
    return <FormFields filling={filling} />;
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <Probe />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return () => filling as Filling;
}

test.each(Object.values(forms).map((form) => [form.id, form] as const))("%s can be drawn, to fill in and to read", (_, form) => {
  fill({ form });
  fill({ form, readOnly: true });
  const first = form.pages[0]?.sections[0]?.fields[0];
  expect(screen.getAllByText(first?.label ?? "").length).toBeGreaterThan(0);
});

test("a question comes and goes with what is answered, and what it held is not sent", async () => {
  const filling = fill({ form: report });
  expect(screen.queryByLabelText(/^Supplier or contractor/)).toBeNull();
  await userEvent.click(screen.getByLabelText("At a supplier or contractor"));
  await userEvent.type(screen.getByLabelText(/^Supplier or contractor/), "Glasswerk");
  expect(filling().draft()).toMatchObject({ internal_external: "external", supplier: "Glasswerk" });
  await userEvent.click(screen.getByLabelText("In our own operation"));
  expect(filling().draft()).not.toHaveProperty("supplier");
});

test("completing shows what is missing, and nothing of it before", async () => {
  const filling = fill({ form: report });
  expect(screen.queryByText("This is required.")).toBeNull();
  let data: Data | undefined = {};
  act(() => {
    data = filling().complete();
  });
  expect(data).toBeUndefined();
  expect(screen.getAllByText("This is required.").length).toBeGreaterThan(3);
});

test("rows are added, filled in and taken out", async () => {
  const filling = fill({ form: report });
  act(() => filling().setPage(1));
  await userEvent.click(screen.getByRole("button", { name: "Add: Batches" }));
  await userEvent.click(screen.getByRole("button", { name: "Add: Batches" }));
  await userEvent.type(screen.getAllByLabelText(/^Lot/)[1] as HTMLElement, "PX-1");
  expect(filling().draft().batches).toEqual([{}, { lot: "PX-1" }]);
  await userEvent.click(screen.getByRole("button", { name: "Remove Batches 1" }));
  expect(filling().draft().batches).toEqual([{ lot: "PX-1" }]);
});

test("what the server found is shown at its place, until it is changed", async () => {
  const problems = [{ path: "data.title", pointer: "/data/title", code: "taken", message: "Another record has this title." }];
  fill({ form: report, problems });
  expect(screen.getByText("Another record has this title.")).toBeTruthy();
  await userEvent.type(screen.getByLabelText(/^Title/), "Other");
  expect(screen.queryByText("Another record has this title.")).toBeNull();
});
