// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, send, url } from "./client";
import { asProblem, type Problem } from "./problem";
import { taskKeys } from "./tasks";
import type { Draft } from "./types.gen";

// Drafts are what is filled in and not recorded. They are sent from here and not by the form: what is on its way outlives it.

type Data = Record<string, unknown>;

/** How a draft stands: kept by the server at an instant, on its way, or not kept and why. */
export type DraftStanding = { state: "none" | "saving" } | { state: "saved"; at: string } | { state: "failed"; problem: Problem };

/** draftQuery is what was filled in of a task. What is not sent yet is newer than what the server has. */
export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: taskKeys.draft(id),
    queryFn: async ({ signal }): Promise<Draft | null> => {
      const before = senders.get(id)?.last;
      const kept = await keptDraft(id, signal);
      const sender = senders.get(id);
      if (sender?.last && (sender.unsent || sender.last !== before)) return sender.last;
      if (sender) sender.standing = undefined; // what counts is what the server says
      return kept;
    },
    staleTime: Number.POSITIVE_INFINITY, // it is ours alone, and the form holds what is newer
  });

async function keptDraft(id: string, signal: AbortSignal): Promise<Draft | null> {
  try {
    return await get<Draft>(address(id), signal);
  } catch (cause) {
    if (asProblem(cause).code === "not_found") return null; // nothing is kept yet
    throw cause;
  }
}

interface Keep {
  id: string;
  data: Data;
  /** The page goes, or may: it is sent so that it arrives all the same. */
  leaving?: boolean;
}

/** keepDraft keeps what is filled in: here at once, and on the server as soon as it is reached. The newest counts. */
export const keepDraft = (client: QueryClient, { id, data, leaving = false }: Keep): void => senderOf(id).keep(client, data, leaving);

/** dropDraft forgets the draft of a task that was decided, and what is still said to be typed into it. */
export const dropDraft = (id: string): void => senderOf(id).drop();

/** draftStanding is how a draft stands that was typed on this page. */
export const draftStanding = (id: string): DraftStanding | undefined => senders.get(id)?.standing;

const listeners = new Set<() => void>();

export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const again = 5_000; // ms until a draft that was not kept is sent again
const leavingLimit = 60_000; // bytes: browsers let 64 KiB outlive their page
const leavingTime = 35_000; // ms, as for any command

// Sender sends the drafts of one task: one is on its way at a time, the newest last.
class Sender {
  standing: DraftStanding | undefined;
  /** What was typed or kept last. */
  last: Draft | undefined;
  /** What the server is not known to have. */
  unsent: Data | undefined;
  private kept: Data | undefined;
  private over = false;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private parting: Promise<Draft | undefined> | undefined;

  constructor(private readonly id: string) {}

  keep(client: QueryClient, data: Data, leaving: boolean): void {
    const known = client.getQueryData<Draft | null>(taskKeys.draft(this.id));
    if (this.over || (!this.unsent && same(data, this.kept) && same(data, known?.data))) return;
    if (!same(data, this.unsent)) this.unsent = data;
    this.show(client, { data, saved_at: known?.saved_at ?? "" });
    if (leaving) this.part(data);
    void this.flush(client);
  }

  drop(): void {
    this.over = true;
    this.unsent = undefined;
    clearTimeout(this.timer);
  }

  private async flush(client: QueryClient): Promise<void> {
    clearTimeout(this.timer);
    if (this.busy) return;
    this.busy = true;
    while (this.unsent) {
      const data = this.unsent;
      this.stand({ state: "saving" });
      try {
        this.settled(client, data, await this.put(data));
      } catch (cause) {
        if (!this.failed(client, data, asProblem(cause))) break;
      }
    }
    this.busy = false;
  }

  private async put(data: Data): Promise<Draft> {
    const { parting } = this;
    this.parting = undefined;
    return (await parting) ?? (await saveDraft(this.id, data)).data;
  }

  private settled(client: QueryClient, data: Data, { saved_at }: Draft): void {
    if (this.over) return;
    this.kept = data;
    if (this.unsent === data) this.unsent = undefined;
    this.show(client, { data: this.unsent ?? data, saved_at });
    this.stand({ state: "saved", at: saved_at });
  }

  // failed says whether there is something else to send at once.
  private failed(client: QueryClient, data: Data, problem: Problem): boolean {
    if (this.over) return false;
    this.stand({ state: "failed", problem });
    if (gone.includes(problem.status)) {
      this.unsent = undefined; // it is no longer his to fill in
      return false;
    }
    if (!problem.binds) {
      this.timer = setTimeout(() => void this.flush(client), again);
      return false;
    }
    return this.unsent !== data; // refused for good: another change may do
  }

  // part sends what has to arrive though nobody waits for it. Beside one that is on its way it may be overtaken: then it is sent once more.
  private part(data: Data): void {
    const body = JSON.stringify({ data });
    if (new Blob([body]).size > leavingLimit) return;
    const alone = !this.busy;
    this.parting = fetch(address(this.id), {
      method: "PUT",
      keepalive: true,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body,
      signal: AbortSignal.timeout(leavingTime),
    })
      .then((response) => (alone && response.ok ? (response.json() as Promise<Draft>) : undefined))
      .catch(() => undefined); // it is sent as any other, where the page stays
  }

  private show(client: QueryClient, draft: Draft): void {
    this.last = draft;
    client.setQueryData(taskKeys.draft(this.id), draft);
  }

  private stand(standing: DraftStanding): void {
    this.standing = standing;
    for (const listener of listeners) listener();
  }
}

const gone = [403, 404, 409, 410];

const senders = new Map<string, Sender>();

function senderOf(id: string): Sender {
  const sender = senders.get(id) ?? new Sender(id);
  senders.set(id, sender);
  return sender;
}

const address = (id: string) => url("/v1/tasks/{id}/draft", { id });

// saveDraft needs no key: the last one counts.
const saveDraft = (id: string, data: Data) => send<Draft>({ method: "PUT", address: address(id), body: { data } });

const same = (a: Data | undefined, b: Data | undefined) => JSON.stringify(a) === JSON.stringify(b);
