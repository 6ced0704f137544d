// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { onlineManager, QueryClient, QueryClientProvider, QueryObserver } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patience, send } from "./client";
import { type Command, type Standing, useCommand } from "./command";
import { queries } from "./query";
import { session } from "./session";

interface Sent {
  key: string | null;
  ifMatch: string | null;
  body: unknown;
}

let sent: Sent[];
let answers: (Response | Error)[];

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: `https://countersign.dev/problems/${code}`, title: code, status, detail: "…", instance: "1" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

const receipt = () => new Response(JSON.stringify({ rule: "R1" }), { status: 200, headers: { ETag: '"4"' } });

beforeEach(() => {
  sent = [];
  answers = [];
  patience.first = 1;
  patience.longest = 2;
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push({ key: headers.get("Idempotency-Key"), ifMatch: headers.get("If-Match"), body: JSON.parse(String(init.body)) });
    const answer = answers.shift() ?? new Error("no answer is left");
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

afterEach(() => vi.unstubAllGlobals());

interface Decision {
  outcome: string;
  password?: string;
}

function decide(client = new QueryClient(), invalidates: string[][] = []) {
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(
    () =>
      useCommand<Decision, { rule: string }>({
        send: (body, intent) => send({ address: "/v1/tasks/1/complete", body, ifMatch: '"3"', ...intent }),
        identity: ({ outcome }) => outcome,
        invalidates,
      }),
    { wrapper },
  ).result;
}

// stands waits until it is shown how a command stands: a component hears of it a moment after the promise.
const stands = (command: { current: Command<Decision, unknown> }, standing: Standing) =>
  waitFor(() => expect(command.current.standing).toBe(standing));

test("a cut line ends in the receipt of the same key", async () => {
  answers = [new TypeError("network"), problem(503, "unknown"), receipt()];
  const command = decide();
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "recorded");
  expect(command.current.data).toEqual({ rule: "R1" });
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map((s) => s.key)).size).toBe(1);
  expect(sent.map((s) => s.ifMatch)).toEqual(['"3"', '"3"', '"3"']);
});

test("what stays unknown is said to be, and is asked again with the same key, whatever password is retyped", async () => {
  patience.total = 0;
  answers = [new TypeError("network"), receipt()];
  const command = decide();
  await act(() => command.current.run({ outcome: "approved", password: "one" }));
  await stands(command, "unknown");
  await act(() => command.current.run({ outcome: "approved", password: "two" }));
  await stands(command, "recorded");
  expect(sent[1]?.key).toBe(sent[0]?.key);
  patience.total = 90_000;
});

test("an answer that settled it binds the key; a refused signature does not", async () => {
  answers = [problem(401, "signing_refused"), problem(412, "stale"), receipt(), receipt()];
  const command = decide();
  for (const outcome of ["approved", "approved", "approved", "approved"]) await act(() => command.current.run({ outcome }));
  const [wrong, stale, recorded, again] = sent.map((s) => s.key);
  expect(stale).toBe(wrong);
  expect(recorded).not.toBe(stale);
  expect(again).not.toBe(recorded);
  expect(session.expired()).toBe(false);
});

test("another decision is another key, also while the first is unknown", async () => {
  patience.total = 0;
  answers = [new TypeError("network"), receipt()];
  const command = decide();
  await act(() => command.current.run({ outcome: "approved" }));
  await act(() => command.current.run({ outcome: "returned" }));
  expect(sent[1]?.key).not.toBe(sent[0]?.key);
  patience.total = 90_000;
});

test("a session that ends in the middle waits for the login, and goes on with the same key", async () => {
  answers = [problem(401, "unauthenticated"), receipt()];
  const command = decide();
  let done: Promise<unknown> = Promise.resolve();
  act(() => {
    done = command.current.run({ outcome: "approved" });
  });
  await waitFor(() => expect(session.expired()).toBe(true));
  expect(command.current.standing).toBe("recording");
  await act(async () => {
    session.renewed();
    await done;
  });
  await stands(command, "recorded");
  expect(sent[1]?.key).toBe(sent[0]?.key);
});

test("an outage of ours says nothing about what was recorded", async () => {
  answers = [problem(500, "internal")];
  const command = decide();
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "refused");
  expect(command.current.problem?.binds).toBe(false);
});

test("an answer that is cut off in the middle is known by its status", async () => {
  patience.total = 0;
  const half = (status: number) =>
    new Response('{"type":"https://countersi', { status, headers: { "Content-Type": "application/problem+json" } });
  answers = [half(503), half(412), receipt()];
  const command = decide();
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "unknown");
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "refused");
  await act(() => command.current.run({ outcome: "approved" }));
  const [cut, same, another] = sent.map((s) => s.key);
  expect(same).toBe(cut);
  expect(another).not.toBe(same);
  patience.total = 90_000;
});

test("without a network a command is tried, and never said to be on its way", async () => {
  patience.total = 0;
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  onlineManager.setOnline(false);
  answers = [new TypeError("network")];
  const command = decide(queries);
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "unknown");
  expect(sent).toHaveLength(1);
  expect(command.current.busy).toBe(false);
  onlineManager.setOnline(true);
  vi.restoreAllMocks();
  patience.total = 90_000;
});

test("a refusal is told before anything is read again", async () => {
  const client = new QueryClient();
  const read = vi.fn(() => new Promise<string>(() => undefined)); // never answers
  client.setQueryData(["tasks"], "old");
  const watched = new QueryObserver(client, { queryKey: ["tasks"], queryFn: read, staleTime: 60_000 }).subscribe(() => undefined);
  answers = [problem(412, "stale")];
  const command = decide(client, [["tasks"]]);
  await act(() => command.current.run({ outcome: "approved" }));
  await stands(command, "refused");
  expect(read).toHaveBeenCalledOnce();
  watched();
});
