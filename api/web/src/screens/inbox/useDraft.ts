// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "~/api/problem";
import { saveDraft, taskKeys } from "~/api/tasks";
import type { Data } from "~/forms/definition";

/** How the draft stands: kept by the server at an instant, on its way, or not kept and why. */
export type DraftStanding = { state: "none" | "saving" } | { state: "saved"; at: string } | { state: "failed"; problem: Problem };

const again = 5_000; // ms until a draft that was not kept is sent again

/**
 * useDraft keeps what is filled in on the server. One is on its way at a time, the newest last; what is not sent yet when the page is left
 * goes with it.
 */
export function useDraft(
  id: string,
  savedAt: string | undefined,
): { keep: (data: Data) => void; drop: () => void; standing: DraftStanding } {
  const client = useQueryClient();
  const [standing, setStanding] = useState<DraftStanding>(savedAt ? { state: "saved", at: savedAt } : { state: "none" });
  const waiting = useRef<Data>(undefined);
  const busy = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    if (busy.current) return;
    busy.current = true;
    while (waiting.current) {
      const data = waiting.current;
      waiting.current = undefined;
      setStanding({ state: "saving" });
      try {
        const { data: draft } = await saveDraft(id, data);
        client.setQueryData(taskKeys.draft(id), draft);
        setStanding({ state: "saved", at: draft.saved_at });
      } catch (cause) {
        const problem = asProblem(cause);
        setStanding({ state: "failed", problem });
        if (problem.binds) break; // refused for good: another change may do
        waiting.current ??= data;
        timer.current = setTimeout(() => void flush(), again);
        break;
      }
    }
    busy.current = false;
  }, [id, client]);

  useEffect(
    () => () => {
      if (waiting.current) void flush();
    },
    [flush],
  );
  return {
    standing,
    keep: useCallback(
      (data: Data) => {
        waiting.current = data;
        void flush();
      },
      [flush],
    ),
    drop: useCallback(() => {
      waiting.current = undefined;
      clearTimeout(timer.current);
    }, []),
  };
}
