// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, beforeAll, expect, test } from "vitest";
import { namesQuery } from "~/api/recordparts";
import common from "~/i18n/en/common.json";
import texts from "~/i18n/en/task.json";
import { instantText } from "~/ui/instant";
import { Changes } from "./StaleNote";

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, task: texts } } }));

afterEach(cleanup);

test("what has changed is said in words, not as data", () => {
  const at = "2026-11-22T10:00:00Z";
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  client.setQueryData(namesQuery.queryKey, { p1: "Camilla Skov" });
  const changes = [
    { field: "data.report.found_at", old: null, new: at },
    { field: "data.report.owner", old: null, new: "p1" },
    { field: "data.report.amount", old: { value: 3, unit: "kg", note: null }, new: [true, "2026-11-23"] },
  ];
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <Changes changes={changes} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  expect(screen.getByText(instantText(at))).toBeTruthy();
  expect(screen.getByText("Camilla Skov")).toBeTruthy();
  expect(screen.getByText("Value: 3, Unit: kg")).toBeTruthy();
  expect(screen.getByText(/^Yes; .*23.*2026|^Yes; .*2026/)).toBeTruthy();
});
