// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { QueryClient } from "@tanstack/react-query";
import { waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patience } from "./client";
import { draftQuery, draftStanding, dropDraft, keepDraft } from "./drafts";
import { taskKeys } from "./tasks";

// What the server would be asked, to be answered by the test.
interface Asked {
  method: string;
  text: string | undefined;
  keepalive: boolean;
  answer: (response: Response | Error) => void;
}

let asked: Asked[];
let client: QueryClient;
let id = "";
let count = 0;

const kept = (text: string) => Response.json({ data: { text }, saved_at: "2026-11-22T10:00:00Z" });
const puts = () => asked.filter(({ method }) => method === "PUT").map(({ text }) => text);
const nth = async (n: number): Promise<Asked> => {
  await waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(n));
  return asked[n - 1] as Asked;
};
const keep = (text: string, leaving = false) => keepDraft(client, { id, data: { text }, leaving });
const cached = () => client.getQueryData<{ data: object }>(taskKeys.draft(id))?.data;

beforeEach(() => {
  asked = [];
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  id = `task-${++count}`;
  patience.total = 0;
  vi.stubGlobal(
    "fetch",
    (_: string, init: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        asked.push({
          method: init.method ?? "GET",
          text: init.body ? JSON.parse(String(init.body)).data.text : undefined,
          keepalive: init.keepalive ?? false,
          answer: (response) => (response instanceof Error ? reject(response) : resolve(response)),
        });
      }),
  );
});

afterEach(() => {
  dropDraft(id);
  patience.total = 90_000;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is typed is there when the task is opened again, before the server has it", async () => {
  keep("first");
  const first = await nth(1);
  keep("second");
  expect(cached()).toEqual({ text: "second" });
  expect(puts()).toEqual(["first"]); // one on its way at a time
  keep("third");
  first.answer(kept("first"));
  const last = await nth(2);
  expect(cached()).toEqual({ text: "third" });
  last.answer(kept("third"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("saved"));
  expect(puts()).toEqual(["first", "third"]);
  keep("third");
  expect(puts()).toEqual(["first", "third"]); // the server has it
});

test("an answer that was asked for before is older than what was typed since", async () => {
  const reading = client.fetchQuery(draftQuery(id));
  const read = await nth(1);
  keep("typed");
  (await nth(2)).answer(kept("typed"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("saved"));
  read.answer(kept("old"));
  expect((await reading)?.data).toEqual({ text: "typed" });

  const later = client.fetchQuery({ ...draftQuery(id), staleTime: 0 });
  (await nth(3)).answer(kept("of another page"));
  expect((await later)?.data).toEqual({ text: "of another page" });
});

test("a draft that did not get through is sent again, and never after a newer one", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  keep("first");
  (await nth(1)).answer(new TypeError("network"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("failed"));
  vi.advanceTimersByTime(5_000);
  (await nth(2)).answer(new TypeError("network"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("failed"));
  keep("second");
  (await nth(3)).answer(kept("second"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("saved"));
  vi.advanceTimersByTime(20_000);
  expect(puts()).toEqual(["first", "first", "second"]);
});

test("what is typed when the page goes outlives it, and is sent once more where it may have been overtaken", async () => {
  keep("alone", true);
  const alone = await nth(1);
  expect(alone.keepalive).toBe(true);
  alone.answer(kept("alone"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("saved"));

  keep("slow");
  const slow = await nth(2);
  keep("newest", true);
  const beside = await nth(3);
  expect(beside).toMatchObject({ text: "newest", keepalive: true });
  beside.answer(kept("newest"));
  slow.answer(kept("slow"));
  const after = await nth(4);
  expect(after).toMatchObject({ text: "newest", keepalive: false });
  after.answer(kept("newest"));
  await waitFor(() => expect(draftStanding(id)?.state).toBe("saved"));

  keep("x".repeat(60_001), true);
  expect((await nth(5)).keepalive).toBe(false);
});

test("after the decision nothing is kept", async () => {
  keep("typed");
  const typed = await nth(1);
  keep("more");
  dropDraft(id);
  typed.answer(kept("typed"));
  keep("afterwards");
  await Promise.resolve();
  expect(puts()).toEqual(["typed"]);
});
