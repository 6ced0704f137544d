// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { TaskItem } from "~/api/tasks";
import type { ReassignInputBody } from "~/api/types.gen";
import common from "~/i18n/en/common.json";
import forms from "~/i18n/en/forms.json";
import inbox from "~/i18n/en/inbox.json";
import texts from "~/i18n/en/task.json";
import ReassignBar from "./ReassignBar";

configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, forms, inbox, task: texts } } }));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("many are sent in parts, and those of a part that fails stay selected", async () => {
  const sent: ReassignInputBody[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    if (address.startsWith("/v1/people")) return Response.json({ items: [{ id: "p2", name: "Henrik Dam", kind: "person" }] });
    const body = JSON.parse(String(init.body)) as ReassignInputBody;
    sent.push(body);
    if (!body.dry_run && body.tasks.includes("t100")) return new Response("", { status: 500 });
    const result = body.dry_run ? "allowed" : "reassigned";
    return Response.json({ items: body.tasks.map((task) => ({ task, result, title: task, number: task })) });
  });
  const onDone = vi.fn();
  const tasks = Array.from({ length: 150 }, (_, i) => ({ id: `t${i}` }) as TaskItem);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <ReassignBar tasks={tasks} onDone={onDone} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Reassign…" }));
  await userEvent.click(await screen.findByRole("combobox", { name: /^To/ }));
  await userEvent.click(await screen.findByText("Henrik Dam"));
  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: "On leave" } });
  await userEvent.click(screen.getByText("Preview"));
  await userEvent.click(await screen.findByText("Reassign 150 tasks", { selector: "button *" }));
  await screen.findByText("Reassign 50 tasks", { selector: "button *" });
  expect(sent.map(({ tasks, dry_run = false }) => [tasks.length, dry_run])).toEqual([
    [100, true],
    [50, true],
    [100, false],
    [50, false],
  ]);
  expect(screen.getAllByText("Reassigned")).toHaveLength(100);
  expect(screen.getAllByText("Will be reassigned")).toHaveLength(50);
  await userEvent.click(screen.getByText("Close", { selector: "button *" }));
  await waitFor(() => expect(onDone).toHaveBeenCalledWith(tasks.slice(100).map(({ id }) => id)));
});
