// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { get, send } from "./client";

let marks: (string | null)[];

beforeEach(() => {
  marks = [];
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    marks.push(new Headers(init.headers).get("Countersign-Background"));
    return new Response("{}");
  });
  dispatchEvent(new Event("pointerdown"));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is asked while nobody is at the page says so", async () => {
  vi.advanceTimersByTime(59_000);
  await get("/v1/tasks");
  vi.advanceTimersByTime(2_000);
  await get("/v1/tasks");
  expect(marks).toEqual([null, "true"]);
});

test.each(["pointerdown", "keydown", "wheel", "touchstart"])("%s says that somebody is there", async (name) => {
  vi.advanceTimersByTime(120_000);
  document.body.dispatchEvent(new Event(name));
  await get("/v1/tasks");
  expect(marks).toEqual([null]);
});

test("a command is always somebody's", async () => {
  vi.advanceTimersByTime(120_000);
  await send({ address: "/v1/tasks/1/claim" });
  expect(marks).toEqual([null]);
});
