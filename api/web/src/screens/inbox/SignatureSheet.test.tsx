// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Command } from "~/api/command";
import type { IntentResult, Receipt, Task } from "~/api/tasks";
import type { CompleteInputBody } from "~/api/types.gen";
import common from "~/i18n/en/common.json";
import signing from "~/i18n/en/signing.json";
import texts from "~/i18n/en/task.json";
import { SignatureSheet } from "./SignatureSheet";

// jsdom counts hashes of its own buffers only.
const pageOf = (text: string) => Object.assign(new Response(), { arrayBuffer: async () => new TextEncoder().encode(text) });

const page = "<p>DEV-2026-0001</p>";
let answers: (Response | Error)[];

const task = { id: "t1", record: { id: "r1", number: "DEV-2026-0001" }, site: { zone: "UTC" } } as unknown as Task;
const idle = { run: vi.fn(), reset: vi.fn(), standing: "idle", busy: false, problem: undefined, data: undefined };

configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, signing, task: texts } } }));

beforeEach(() => {
  answers = [];
  vi.stubGlobal("fetch", async () => {
    const answer = answers.shift() ?? new Error("no answer is left");
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

function show(view_hash: string) {
  const sheet = {
    intent: "i1",
    components: ["password"],
    content_hash: "a".repeat(64),
    view_hash,
    expires_at: new Date(Date.now() + 600_000).toISOString(),
    meaning: "final_approval",
    printed_name: "Camilla Skov",
    role: "qa_approver",
    version: 3,
    html: page,
  } satisfies IntentResult;
  const onSign = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MantineProvider env="test">
        <SignatureSheet
          task={task}
          sheet={sheet}
          complete={idle as Command<CompleteInputBody, Receipt>}
          onSign={onSign}
          onBack={() => undefined}
        />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return onSign;
}

const sign = () => screen.getByRole("button", { name: "Sign" }) as HTMLButtonElement;
const why = () => screen.queryByText(signing.coming);

test("who signs has been shown the page that was stored", async () => {
  answers = [pageOf(page)];
  const onSign = show(await sha256(page));
  expect(sign().disabled).toBe(true);
  expect(why()).not.toBeNull();
  fireEvent.submit(sign().form as HTMLFormElement);
  const frame = await screen.findByTitle("What you sign");
  expect(sign().disabled).toBe(true);
  expect(onSign).not.toHaveBeenCalled();
  fireEvent.load(frame);
  await waitFor(() => expect(sign().disabled).toBe(false));
  expect(why()).toBeNull();
  fireEvent.submit(sign().form as HTMLFormElement);
  expect(onSign).toHaveBeenCalledOnce();
});

test("a page that does not come, or is another, is not signed", async () => {
  answers = [new TypeError("network"), pageOf("<p>another</p>")];
  const onSign = show(await sha256(page));
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  fireEvent.load(await screen.findByTitle("What you sign"));
  await screen.findByText(signing.altered);
  expect(sign().disabled).toBe(true);
  fireEvent.submit(sign().form as HTMLFormElement);
  expect(onSign).not.toHaveBeenCalled();
});
