// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { Suspense } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { patience } from "~/api/client";
import { type Me, meQuery } from "~/api/me";
import type { Task } from "~/api/tasks";
import common from "~/i18n/en/common.json";
import files from "~/i18n/en/files.json";
import forms from "~/i18n/en/forms.json";
import inbox from "~/i18n/en/inbox.json";
import signing from "~/i18n/en/signing.json";
import texts from "~/i18n/en/task.json";
import { onKey } from "~/shell/shortcuts";
import TaskPane from "./TaskPane";

vi.mock("@tanstack/react-router", () => ({ Link: ({ children }: { children: React.ReactNode }) => <span>{children}</span> }));

const camilla = { id: "p1", name: "Camilla Skov", username: "camilla" };
const me = { ...camilla, grants: [], signing: { ready: true, blocked_by: [] } } as unknown as Me;
const form = {
  id: "deviation.note",
  version: 1,
  title: "Note",
  pages: [
    { id: "page", title: "Note", sections: [{ id: "all", title: "Note", fields: [{ id: "note", type: "text", label: "What was seen" }] }] },
  ],
};
const approve = { name: "approved", leads: "on", needs_reason: true, next: [] };
const giveBack = {
  name: "returned",
  leads: "back",
  needs_reason: true,
  next: [],
  return_to: [{ name: "triage", title: "Triage" }],
};
const refuse = { name: "rejected", leads: "refused", needs_reason: true, next: [] };
const site = { id: "s1", name: "Copenhagen", zone: "Europe/Copenhagen" };

const task = (changes: object = {}): Task =>
  ({
    id: "t1",
    kind: "approval",
    title: "Approve the assessment",
    state: "open",
    step: "assessment_approval",
    assignee: camilla,
    record: { id: "r1", number: "DEV-2026-0001", title: "Foil", type: "deviation", state: "assessment_approval", version: 3 },
    record_summary: { reporter: camilla, owner: camilla },
    record_owner: camilla,
    record_data: {},
    record_content_hash: "a".repeat(64),
    data: {},
    outcomes: [approve, giveBack, refuse],
    why: [{ rule: "candidate", text: "", role: "qa_approver" }],
    comments: [],
    candidates: [],
    site,
    policy_revision: 1,
    priority: 3,
    round: 1,
    rule: "R1",
    opened_at: "2026-11-20T10:00:00Z",
    due_at: "2026-11-30T10:00:00Z",
    ...changes,
  }) as unknown as Task;

interface Sent {
  address: string;
  key: string | null;
  body: object;
}

let shown: Task;
let version: number;
let sent: Sent[];
let answers: { [path: string]: (Response | Error | Promise<Response>)[] };

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: `https://countersign.dev/problems/${code}`, title: code, status, detail: "…", instance: "1" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
const receipt = () => Response.json({ at: "2026-11-22T10:00:00Z", rule: "R1", version: 4 });

configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, task: texts, forms, files, inbox, signing } } }));

beforeAll(() => window.addEventListener("keydown", onKey));

beforeEach(() => {
  shown = task();
  version = 3;
  sent = [];
  answers = {};
  patience.total = 0;
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    if (init.method !== "GET") {
      sent.push({ address, key: new Headers(init.headers).get("Idempotency-Key"), body: init.body ? JSON.parse(String(init.body)) : {} });
    }
    const answer = answers[`${init.method} ${address}`]?.shift();
    if (answer instanceof Error) throw answer;
    if (answer) return answer;
    if (address === `/v1/tasks/${shown.id}`) return Response.json(shown, { headers: { ETag: `"${version}"` } });
    if (address.endsWith("/draft")) return init.method === "GET" ? problem(404, "not_found") : problem(403, "forbidden");
    return Response.json({ items: [] });
  });
});

afterEach(() => {
  cleanup();
  patience.total = 90_000;
  vi.unstubAllGlobals();
});

function open(id = "t1") {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  client.setQueryData(meQuery.queryKey, me);
  const decided = vi.fn();
  const pane = (task: string) => (
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <Suspense>
          <TaskPane key={task} id={task} onBack={() => undefined} onDecided={decided} />
        </Suspense>
      </MantineProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(pane(id));
  return { decided, go: (task: string) => rerender(pane(task)), client };
}

const button = (name: string) => screen.findByRole("button", { name });
const reason = () => screen.findByLabelText(/^Reason/);

test("a decision without an answer is asked for again with the same key, also after the dialog was closed", async () => {
  answers["POST /v1/tasks/t1/complete"] = [new TypeError("network"), new TypeError("network"), receipt()];
  const { decided } = open();
  await userEvent.click(await button("Approve"));
  await userEvent.type(await reason(), "As planned");
  const dialog = screen.getByRole("dialog");
  await userEvent.click(dialog.querySelector("button[type=submit]") as HTMLElement);
  await userEvent.click(await button("Ask again"));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect((await reason()) as HTMLTextAreaElement).toHaveProperty("readOnly", true);
  await userEvent.click(await button("Cancel"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  await userEvent.click(await button("Approve"));
  expect(await reason()).toHaveProperty("value", "As planned");
  await userEvent.click(screen.getByRole("dialog").querySelector("button[type=submit]") as HTMLElement);
  await waitFor(() => expect(decided).toHaveBeenCalledOnce());
  expect(decided.mock.calls[0]?.[0]).toMatchObject({ outcome: "approved", receipt: { rule: "R1" } });
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
});

test("what was typed for a verdict is there again after the record has changed", async () => {
  answers["POST /v1/tasks/t1/complete"] = [problem(412, "stale")];
  open();
  await userEvent.click(await button("Return"));
  await userEvent.type(await reason(), "Not yet");
  version = 4;
  shown = task({ record: { ...shown.record, version: 4 } });
  answers["GET /v1/records/r1/versions"] = [];
  await userEvent.click(screen.getByRole("dialog").querySelector("button[type=submit]") as HTMLElement);
  const looked = await screen.findAllByRole("button", { name: /^I have seen it/ });
  await waitFor(() => expect(looked[looked.length - 1]).toHaveProperty("disabled", false));
  await userEvent.click(looked[looked.length - 1] as HTMLElement);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  for (const again of screen.queryAllByRole("button", { name: /^I have seen it/ })) await userEvent.click(again);
  await userEvent.click(await button("Return"));
  expect(await reason()).toHaveProperty("value", "Not yet");
});

test("a draft that cannot be read is not begun anew", async () => {
  shown = task({ id: "t2", form });
  answers["GET /v1/tasks/t2/draft"] = [
    problem(500, "internal"),
    Response.json({ data: { note: "Kept" }, saved_at: "2026-11-22T10:00:00Z" }),
  ];
  open("t2");
  await userEvent.click(await button("Try again"));
  expect(await screen.findByLabelText(/^What was seen/)).toHaveProperty("value", "Kept");
  expect(sent).toEqual([]);
});

test("while the draft is not there nothing is decided, with keys neither", async () => {
  shown = task({ id: "t3", form });
  answers["GET /v1/tasks/t3/draft"] = [problem(500, "internal")];
  open("t3");
  await button("Try again");
  for (const name of ["Approve", "Return", "Refuse"]) expect(await button(name)).toHaveProperty("disabled", true);
  for (const key of ["a", "r"]) fireEvent.keyDown(document.body, { key });
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("what was typed is there when the task is opened again, though the server has not answered", async () => {
  let answer: (response: Response) => void = () => undefined;
  const slow = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  answers["PUT /v1/tasks/t6/draft"] = [slow, Response.json({ data: { note: "Foil torn twice" }, saved_at: "2026-11-22T10:00:01Z" })];
  shown = task({ id: "t6", form });
  const { go } = open("t6");
  await userEvent.type(await screen.findByLabelText(/^What was seen/), "Foil torn");
  shown = task({ id: "t7", form });
  go("t7");
  await waitFor(() => expect(screen.getByLabelText(/^What was seen/)).toHaveProperty("value", ""));
  shown = task({ id: "t6", form });
  go("t6");
  await userEvent.type(await screen.findByDisplayValue("Foil torn"), " twice");
  go("t7");
  expect(sent.map(({ body }) => body)).toEqual([{ data: { note: "Foil torn" } }]);
  answer(Response.json({ data: { note: "Foil torn" }, saved_at: "2026-11-22T10:00:00Z" }));
  await waitFor(() =>
    expect(sent.map(({ body }) => body)).toEqual([{ data: { note: "Foil torn" } }, { data: { note: "Foil torn twice" } }]),
  );
});

test("only the buttons that have keys say so", async () => {
  open();
  const keys = async (name: string) => (await button(name)).getAttribute("aria-keyshortcuts");
  expect([await keys("Approve"), await keys("Return"), await keys("Refuse")]).toEqual(["a", "r", null]);
  fireEvent.keyDown(document.body, { key: "r" });
  expect(await screen.findByRole("dialog", { name: "Return" })).toBeTruthy();
});

test("a comment that was not sent is there after a claim, and after another task", async () => {
  const free = { id: "t4", form, assignee: undefined };
  shown = task(free);
  const { go, client } = open("t4");
  await userEvent.click(await screen.findByText("Comments"));
  fireEvent.change(await screen.findByLabelText("Add a comment"), { target: { value: "Half a word" } });
  shown = task({ ...free, assignee: camilla });
  await userEvent.click(await button("Claim"));
  await button("Approve");
  expect(screen.getByLabelText("Add a comment")).toHaveProperty("value", "Half a word");

  shown = task({ id: "t5" });
  go("t5");
  await screen.findByText("Comments");
  expect(screen.queryByDisplayValue("Half a word")).toBeNull();
  shown = task({ ...free, assignee: camilla });
  go("t4");
  expect(await screen.findByLabelText("Add a comment")).toHaveProperty("value", "Half a word");
  answers["POST /v1/tasks/t4/comments"] = [receipt()];
  await userEvent.click(await button("Send"));
  await waitFor(() => expect(screen.getByLabelText("Add a comment")).toHaveProperty("value", ""));
  client.clear();
});
