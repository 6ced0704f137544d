// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patience } from "~/api/client";
import { useUploads } from "./uploads";

// What the server would be asked, to be answered by the test.
class Request extends EventTarget {
  static all: Request[] = [];
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  status = 0;
  responseText = "";
  sent: Blob | undefined;
  aborted = false;
  headers: { [name: string]: string } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  private type = "";

  open() {}
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader(name: string) {
    return name === "Content-Type" ? this.type : null;
  }
  send(body: Blob) {
    this.sent = body;
    Request.all.push(this);
  }
  abort() {
    this.aborted = true;
    this.onabort?.();
    this.onloadend?.();
  }
  answer(status: number, body: object) {
    this.status = status;
    this.type = status < 400 ? "application/json" : "application/problem+json";
    this.responseText = JSON.stringify(body);
    this.onload?.();
    this.onloadend?.();
  }
}

const pdf = (name: string) => new File(["%PDF-1.7"], name, { type: "" });
const done = { sha256: "a".repeat(64), size: 8, media_type: "application/pdf" };

beforeEach(() => {
  Request.all = [];
  patience.first = 5;
  vi.stubGlobal("XMLHttpRequest", Request);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const asked = async (n: number): Promise<Request> => {
  await waitFor(() => expect(Request.all).toHaveLength(n));
  return Request.all[n - 1] as Request;
};

test("files are sent one after the other, as what their names say", async () => {
  const { result } = renderHook(() => useUploads());
  act(() => result.current.add([pdf("a.pdf"), new File(["x"], "x.exe"), pdf("b.pdf")]));
  const first = await asked(1);
  expect(first.headers["Content-Type"]).toBe("application/pdf");
  act(() => first.upload.onprogress?.({ loaded: 4 }));
  expect(result.current.chosen.map(({ state, sent, wrong }) => ({ state, sent, wrong }))).toEqual([
    { state: "sending", sent: 4, wrong: undefined },
    { state: "failed", sent: 0, wrong: "kind" },
    { state: "waiting", sent: 0, wrong: undefined },
  ]);
  act(() => first.answer(201, done));
  const second = await asked(2);
  expect(second.headers["Idempotency-Key"]).not.toBe(first.headers["Idempotency-Key"]);
  act(() => second.answer(201, done));
  await waitFor(() => expect(result.current.sending).toBe(false));
  expect(result.current.ready).toBe(false);
  act(() => result.current.drop(result.current.chosen[1]?.id ?? ""));
  expect(result.current.ready).toBe(true);
});

test("who takes a file out stops it, and the next is sent", async () => {
  const { result } = renderHook(() => useUploads());
  act(() => result.current.add([pdf("a.pdf"), pdf("b.pdf")]));
  const first = await asked(1);
  act(() => result.current.drop(result.current.chosen[0]?.id ?? ""));
  expect(first.aborted).toBe(true);
  await asked(2);
  expect(result.current.chosen.map(({ name, state }) => [name, state])).toEqual([["b.pdf", "sending"]]);
});

test("what did not answer is sent again with the same key, and what was refused is not", async () => {
  const { result } = renderHook(() => useUploads());
  act(() => result.current.add([pdf("a.pdf")]));
  const first = await asked(1);
  act(() => first.onerror?.());
  const second = await asked(2);
  expect(second.headers["Idempotency-Key"]).toBe(first.headers["Idempotency-Key"]);
  act(() => second.answer(429, { type: "https://countersign.dev/problems/too_many" }));
  const third = await asked(3);
  act(() => third.answer(415, { type: "https://countersign.dev/problems/unsupported_media_type", detail: "No PDF." }));
  await waitFor(() => expect(result.current.chosen[0]).toMatchObject({ state: "failed", problem: { detail: "No PDF.", status: 415 } }));
  act(() => result.current.again(result.current.chosen[0]?.id ?? ""));
  await asked(4);
});

test("two files cannot be attached under one name", async () => {
  const { result } = renderHook(() => useUploads());
  act(() => result.current.add([pdf("a.pdf"), pdf("A.pdf")]));
  const [one, other] = result.current.chosen;
  expect(one && result.current.wrongNameOf(one)).toBe("twice");
  act(() => result.current.rename(other?.id ?? "", "b.pdf"));
  expect(result.current.chosen.map(result.current.wrongNameOf)).toEqual([undefined, undefined]);
});
