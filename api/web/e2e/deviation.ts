// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type APIRequestContext, expect, type PlaywrightWorkerArgs } from "@playwright/test";
import type { Data } from "../src/forms/definition";

/** Everybody's password in the demo organization, which answers on a loopback address only. */
export const password = "countersign-demo-7";
export const organization = "nordlys";

// The story that `countersign demo` plays too: what is written at each step of one major deviation.
const story = JSON.parse(readFileSync(join(import.meta.dirname, "../../../cmd/countersign/stories/demo/major.json"), "utf8")) as {
  site: string;
  data: Record<string, Data>;
};

/** Who does a step, so that four eyes are always others. */
export const cast: Record<string, string> = {
  report: "jonas",
  triage: "mette",
  assessment: "mette",
  assessment_approval: "camilla",
  investigation: "ines",
  technical_approval: "kirsten",
  disposition: "henrik",
  capa_decision: "mette",
  audit_trail_review: "erik",
  final_approval: "thea",
};

export interface OpenTask {
  id: string;
  step: string;
  round: number;
}

export interface Deviation {
  id: string;
  number: string;
  title: string;
  state: string;
  version: number;
  closed_at?: string;
  tasks: OpenTask[];
}

type Playwright = PlaywrightWorkerArgs["playwright"];

/** Staff are the people of the demo at the REST API, each logged in once with a token. */
export class Staff {
  private readonly clients = new Map<string, APIRequestContext>();
  private readonly people = new Map<string, { id: string; name: string }>();

  constructor(
    private readonly playwright: Playwright,
    private readonly baseURL: string,
  ) {}

  /** as is the API as one person sees it. */
  async as(username: string): Promise<APIRequestContext> {
    const known = this.clients.get(username);
    if (known) return known;
    const anybody = await this.playwright.request.newContext({ baseURL: this.baseURL });
    const login = await anybody.post("/v1/session", { data: { organization, username, password, kind: "bearer" } });
    const { token } = await login.json();
    await anybody.dispose();
    const client = await this.playwright.request.newContext({
      baseURL: this.baseURL,
      extraHTTPHeaders: { Authorization: `Bearer ${token}` },
    });
    this.clients.set(username, client);
    return client;
  }

  async dispose(): Promise<void> {
    for (const client of this.clients.values()) await client.dispose();
  }

  /** command gives one, with a key of its own. It fails the test where it is refused. */
  async command<T>(username: string, address: string, data: unknown, version?: number): Promise<T> {
    const client = await this.as(username);
    const headers: Record<string, string> = { "Idempotency-Key": randomUUID() };
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    const answer = await client.post(address, { data, headers });
    expect(answer.ok(), `${username}: POST ${address}: ${answer.ok() || (await answer.text())}`).toBe(true);
    return answer.json();
  }

  async read<T>(username: string, address: string): Promise<T> {
    const answer = await (await this.as(username)).get(address);
    expect(answer.ok(), `${username}: GET ${address}: ${answer.status()}`).toBe(true);
    return answer.json();
  }

  /** said is what the story has at a step, told as of 45 minutes ago, with its people by id, as the API takes them, or by name. */
  async said(step: string, people: "id" | "name" = "id"): Promise<Data | undefined> {
    if (!story.data[step]) return undefined;
    for (const username of ["henrik", "jonas"]) {
      if (!this.people.has(username)) this.people.set(username, await this.read(username, "/v1/me"));
    }
    const aware = new Date(Math.floor(Date.now() / minute) * minute - 45 * minute);
    const said = step === "report" ? { ...story.data[step], aware_at: "aware" } : story.data[step];
    return told(said, aware, (username) => this.people.get(username)?.[people]) as Data;
  }

  /** report files the deviation of the story, under a title by which a test finds it. */
  async report(title: string): Promise<Deviation> {
    const data = { ...(await this.said("report")), title };
    return this.command<Deviation>(cast.report ?? "", "/v1/deviations", { site: story.site, data });
  }

  /** at waits until the process has opened a step, and returns the record with it. */
  async at(record: string, step: string): Promise<{ record: Deviation; task: OpenTask }> {
    let found: { record: Deviation; task: OpenTask } | undefined;
    await expect(async () => {
      const now = await this.read<Deviation>("niels", `/v1/records/${record}`);
      const task = now.tasks.find((open) => open.step === step);
      expect(task, `${now.number} is at ${step}; it stands at ${now.state}`).toBeDefined();
      if (task) found = { record: now, task };
    }).toPass({ timeout: 20_000, intervals: [50] });
    if (!found) throw new Error("unreachable");
    return found;
  }

  /** decide takes the task of a step, and decides it as the story has it, signed where it asks for that. */
  async decide(record: string, step: string): Promise<void> {
    const who = cast[step] ?? "";
    const { record: seen, task } = await this.at(record, step);
    await this.command(who, `/v1/tasks/${task.id}/claim`, undefined);
    const { kind, meaning } = await this.read<{ kind: string; meaning?: string }>(who, `/v1/tasks/${task.id}`);
    const verdict: Record<string, unknown> = { outcome: kind === "approval" ? "approved" : "done" };
    const data = await this.said(step);
    if (data) verdict.data = data;
    if (meaning) {
      const sheet = await this.command<{ intent: string }>(who, `/v1/tasks/${task.id}/signing`, verdict, seen.version);
      verdict.signature = { intent: sheet.intent, username: who, password };
    }
    await this.command(who, `/v1/tasks/${task.id}/complete`, verdict, seen.version);
  }

  /** reach files a deviation and takes it to a step, over the API. */
  async reach(step: string, title: string): Promise<{ record: Deviation; task: OpenTask }> {
    const { id } = await this.report(title);
    const steps = Object.keys(cast).slice(1);
    for (const before of steps.slice(0, steps.indexOf(step))) await this.decide(id, before);
    return this.at(id, step);
  }
}

const minute = 60_000; // ms
const units: Record<string, number> = { d: 1440 * minute, h: 60 * minute, m: minute };

// told puts instants for "aware-14m" and a person for "@jonas".
function told(value: unknown, aware: Date, person: (username: string) => string | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => told(each, aware, person));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, told(each, aware, person)]));
  }
  if (typeof value !== "string") return value;
  if (value.startsWith("@")) return person(value.slice(1));
  const offset = /^aware(?:([+-])(\d+)([dhm]))?$/.exec(value);
  if (!offset) return value;
  const [, sign, n = "0", unit = "m"] = offset;
  const ms = Number(n) * (units[unit] ?? 0) * (sign === "-" ? -1 : 1);
  return new Date(aware.getTime() + ms).toISOString().replace(/\.\d+Z$/, "Z");
}
