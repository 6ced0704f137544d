// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { presence } from "./presence";
import { offline, Problem, problemOf } from "./problem";
import { session } from "./session";

// All that the app says to the server goes through here: the REST API under our own origin, with the session's cookie.

// A list is one parameter, its values parted by commas: the API refuses a parameter that is given twice.
type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Answer is what came back, with the ETag of the record where there is one. */
export interface Answer<T> {
  data: T;
  etag: string;
}

const readLimit = 20_000; // ms for an answer to a question
const writeLimit = 35_000; // ms for an answer to a command: the server itself gives up after 30 s

/** url is the path with its parameters: `{id}` from path, the rest from query, empty ones left out. */
export function url(pattern: string, path: Record<string, string> = {}, query: Query = {}): string {
  const address = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") search.set(name, String(value));
  return search.size > 0 ? `${address}?${search}` : address;
}

/** get asks. It throws a Problem. */
export async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  return (await getWithETag<T>(address, signal)).data;
}

/**
 * getWithETag asks for something that a decision may be made on: send the ETag back as ifMatch. Where the session has ended it waits for
 * the login: what the page shows stays.
 */
export const getWithETag = <T>(address: string, signal?: AbortSignal): Promise<Answer<T>> =>
  asked<T>(address, (response) => response.json(), signal);

async function asked<T>(address: string, read: Read<T>, signal?: AbortSignal): Promise<Answer<T>> {
  for (;;) {
    try {
      return await once<T>(address, { method: "GET", headers: presence(), signal: within(readLimit, signal) }, false, read);
    } catch (cause) {
      if (!(cause instanceof Problem) || !cause.sessionExpired) throw cause;
      await session.back();
      signal?.throwIfAborted();
    }
  }
}

/** getBytes asks for a file as it is. Where the session has ended it waits for the login. */
export async function getBytes(address: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await asked(address, (response) => response.arrayBuffer(), signal)).data;
}

/** first asks before there is a page to log in over: it throws also where there is no session. */
export async function first<T>(address: string, signal?: AbortSignal): Promise<T> {
  return (await once<T>(address, { method: "GET", headers: presence(), signal: within(readLimit, signal) }, true)).data;
}

const within = (ms: number, signal?: AbortSignal) =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(ms)]) : AbortSignal.timeout(ms);

type Read<T> = (response: Response) => Promise<T>;

async function once<T>(
  address: string,
  init: RequestInit,
  quiet = false,
  read: Read<T> = (response) => response.json(),
): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "error", ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw offline();
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.sessionExpired && !quiet) session.expire();
    throw problem;
  }
  const etag = response.headers.get("ETag") ?? "";
  if (response.status === 204) return { data: undefined as T, etag };
  try {
    return { data: await read(response), etag };
  } catch {
    throw offline(); // cut off in the middle
  }
}

/** newKey names one attempt. crypto.randomUUID is missing on http addresses other than localhost. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export interface Change {
  method?: "POST" | "PUT" | "DELETE";
  address: string;
  body?: unknown;
  /** Names the attempt; the same over all retries of the same intent. */
  key?: string;
  /** ETag of the record that the person saw. */
  ifMatch?: string;
  /** Told whenever an attempt ended without a known outcome, and it is tried again. */
  onUnknown?: () => void;
  signal?: AbortSignal;
}

/** patience is how long a command is tried again by itself while its outcome is unknown, in ms. */
export const patience = { total: 90_000, first: 1_000, longest: 8_000 };

/**
 * send gives a command, and finds out what became of it: where no answer came, or one that says that nothing is known, it asks again with
 * the same key. Where the session has ended it waits for the login and goes on. It throws the Problem that settled it, or, when its
 * patience is at an end, an unknown one: send it again with the same key.
 */
export const send = <T>(change: Change): Promise<Answer<T>> => settle(() => attempt<T>(change), change);

interface Settling extends Pick<Change, "onUnknown" | "signal"> {
  /** Which problems are worth another attempt; unless told, those that leave it open what was recorded. */
  again?: (problem: Problem) => boolean;
}

/** settle makes attempts at what may be done twice without harm, until one of them settles it. */
export async function settle<T>(attempt: () => Promise<T>, { onUnknown, signal, again = ({ unknown }) => unknown }: Settling): Promise<T> {
  const began = Date.now();
  let wait = patience.first;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      if (cause.sessionExpired) {
        await session.back();
        signal?.throwIfAborted();
        continue;
      }
      if (!again(cause) || Date.now() - began + wait > patience.total) throw cause;
      onUnknown?.();
      await pause(Math.max(wait, cause.retryAfter * 1000), signal);
      wait = Math.min(wait * 2, patience.longest);
    }
  }
}

function attempt<T>({ method = "POST", address, body, key, ifMatch, signal }: Change): Promise<Answer<T>> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (ifMatch) headers["If-Match"] = ifMatch;
  return once<T>(address, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: within(writeLimit, signal),
  });
}

/** login begins a session. A refusal is about what was typed, not about a session that ended. */
export async function login(credentials: { organization: string; username: string; password: string; totp?: string }): Promise<void> {
  await once(
    "/v1/session",
    {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(credentials),
      signal: AbortSignal.timeout(readLimit),
    },
    true,
  );
}

// pause waits, and no longer than until the network is back.
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      reject(signal?.reason);
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", stop);
  });
}
