// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Problem as Body, FieldProblem, Reason } from "./types.gen";

const base = "https://countersign.dev/problems/";

// Problem is every answer that is no success (RFC 9457), and every request that got none.
export class Problem extends Error {
  override name = "Problem";
  /** The end of the stable type: "stale", "forbidden"; "offline" where no answer came. */
  readonly code: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The id of the request, as in the server's log. */
  readonly instance: string;
  /** The rules that say no, and why. */
  readonly reasons: Reason[];
  /** What is wrong with the input, and where. */
  readonly errors: FieldProblem[];
  /** Seconds after which it is worth trying again; 0 where the server does not say. */
  readonly retryAfter: number;

  constructor(status: number, body: Partial<Body>, retryAfter = 0) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.type?.startsWith(base) ? body.type.slice(base.length) : "internal";
    this.title = body.title ?? "";
    this.detail = body.detail ?? "";
    this.instance = body.instance ?? "";
    this.reasons = body.reasons ?? [];
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** The session is over. A refused signature is a 401 too, and is not that. */
  get sessionExpired(): boolean {
    return this.status === 401 && this.code !== "signing_refused";
  }

  /** It is not known whether anything was recorded: the same request with the same key finds out. */
  get unknown(): boolean {
    return this.code === "offline" || this.status === 503 || this.status === 502 || this.status === 504 || this.status === 408;
  }

  /** The Idempotency-Key is bound to this answer: another attempt needs another key. */
  get binds(): boolean {
    return !this.unknown && this.status !== 401 && this.status !== 429 && this.status < 500;
  }
}

/** offline is the problem of a request without an answer. */
export function offline(): Problem {
  return new Problem(0, { type: `${base}offline`, title: "No answer", detail: "The server did not answer." });
}

/** problemOf reads a problem out of an answer that is no success. */
export async function problemOf(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  let body: Partial<Body> = {};
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    body = (await response.json().catch(() => undefined)) ?? {}; // cut off in the middle: the status alone decides
  }
  return new Problem(response.status, body, Number.isFinite(wait) ? wait : 0);
}

/** asProblem makes a problem of whatever was thrown. */
export function asProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem(0, { type: `${base}internal`, title: "", detail: cause instanceof Error ? cause.message : String(cause) });
}
