// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Answer, newKey } from "./client";
import { asProblem, type Problem } from "./problem";

/** How a command stands, as the person is told. There is no optimism: "recorded" is said when the receipt is there. */
export type Standing = "idle" | "recording" | "unknown" | "recorded" | "refused";

/** Intent is what a command needs of its attempt: hand it to send() as it is. */
export interface Intent {
  key: string;
  onUnknown: () => void;
}

export interface CommandOptions<V, T> {
  /** Sends the command: `(vars, intent) => send({address, body, ...intent})`. */
  send: (vars: V, intent: Intent) => Promise<Answer<T>>;
  /** What makes two attempts the same intent. Leave secrets out of it: a retyped password is no other decision. All of vars unless told. */
  identity?: (vars: V) => unknown;
  /** Queries that are no longer true afterwards, also where it was refused: something else may have moved. */
  invalidates?: QueryKey[];
  onRecorded?: (data: T, vars: V) => void;
}

export interface Command<V, T> {
  run: (vars: V) => Promise<T | undefined>;
  standing: Standing;
  busy: boolean;
  problem: Problem | undefined;
  data: T | undefined;
  reset: () => void;
}

/** unsettled says that a command is on its way, or that it is not known what became of it: a dialog stays open, with what it would send. */
export const unsettled = ({ busy, standing }: Pick<Command<never, unknown>, "busy" | "standing">): boolean =>
  busy || standing === "unknown";

/**
 * useCommand gives a command with one Idempotency-Key an intent: the key stays the same while it is not known what became of it, however
 * often the button is pressed, and is another one after every answer that settled it.
 */
export function useCommand<V, T>({ send, identity = (vars) => vars, invalidates = [], onRecorded }: CommandOptions<V, T>): Command<V, T> {
  const client = useQueryClient();
  const attempt = useRef<{ key: string; of: string }>(undefined);
  const [unknown, setUnknown] = useState(false);
  const mutation = useMutation<T, Problem, V>({
    mutationFn: async (vars) => {
      setUnknown(false);
      const of = JSON.stringify(identity(vars)) ?? "";
      if (attempt.current?.of !== of) attempt.current = { key: newKey(), of };
      try {
        const { data } = await send(vars, { key: attempt.current.key, onUnknown: () => setUnknown(true) });
        attempt.current = undefined;
        setUnknown(false);
        return data;
      } catch (cause) {
        const problem = asProblem(cause);
        if (problem.binds) attempt.current = undefined;
        setUnknown(problem.unknown);
        throw problem;
      }
    },
    // Not waited for: what became of a command is told before anything is read again.
    onSettled: () => {
      for (const queryKey of invalidates) void client.invalidateQueries({ queryKey });
    },
    onSuccess: (data, vars) => onRecorded?.(data, vars),
  });
  return {
    run: (vars) => mutation.mutateAsync(vars).catch(() => undefined), // the problem is in problem
    standing: standingOf(mutation.status, unknown),
    busy: mutation.isPending,
    problem: mutation.error ?? undefined,
    data: mutation.data,
    reset: () => {
      setUnknown(false);
      mutation.reset();
    },
  };
}

function standingOf(status: "idle" | "pending" | "success" | "error", unknown: boolean): Standing {
  if (unknown) return "unknown";
  return ({ idle: "idle", pending: "recording", success: "recorded", error: "refused" } as const)[status];
}
