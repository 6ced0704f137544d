// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get } from "./client";
import { noticeKeys } from "./notices";
import { session } from "./session";
import { countsQuery, taskKeys } from "./tasks";
import type { CountsOutputBody } from "./types.gen";

/** TaskEvent says that a task came into or left a box of mine. It has no content: who wants to know more reads the task. */
export interface TaskEvent {
  id: string;
  /** taken: somebody else holds it. done: it was decided or withdrawn. */
  what: "arrived" | "taken" | "done";
  /** Of one that arrived. */
  box?: "mine" | "group";
}

/** NoticesEvent is how much was told and is not read. */
interface NoticesEvent {
  unread: number;
}

const again = { first: 3_000, longest: 60_000 }; // ms until a stream that was refused is asked for again

/** Listener is told of tasks that came or left, and when some of that may have been missed: nothing is replayed after a break. */
export interface Listener {
  onTask: (event: TaskEvent) => void;
  onGap: () => void;
}

/** useEvents listens to GET /v1/events while the component is there, and keeps the counts of the boxes, and of what is unread, as they are. */
export function useEvents(listener: Listener): void {
  const client = useQueryClient();
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    let over = false;
    let heard = false;
    let wait = again.first;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const open = () => {
      if (over) return;
      source = new EventSource("/v1/events");
      source.addEventListener("open", () => {
        wait = again.first;
        if (heard) latest.current.onGap();
        heard = true;
      });
      source.addEventListener("counts", (event) => {
        client.setQueryData(taskKeys.counts, (JSON.parse((event as MessageEvent<string>).data) as CountsOutputBody).counts);
      });
      source.addEventListener("notices", (event) => {
        client.setQueryData(noticeKeys.unread, (JSON.parse((event as MessageEvent<string>).data) as NoticesEvent).unread);
        void client.invalidateQueries({ queryKey: noticeKeys.list });
      });
      source.addEventListener("task", (event) => latest.current.onTask(JSON.parse((event as MessageEvent<string>).data) as TaskEvent));
      source.addEventListener("end", () => reopen());
      source.addEventListener("error", () => {
        if (source?.readyState === EventSource.CLOSED) reopen(); // refused: the browser does not come again by itself
      });
    };
    // A question of ours finds out whether the session is over, opens the login where it is, and waits for it.
    const reopen = () => {
      source?.close();
      if (over) return;
      timer = setTimeout(() => {
        get<CountsOutputBody>("/v1/tasks/counts")
          .then((answer) => client.setQueryData(countsQuery.queryKey, answer.counts))
          .catch(() => undefined)
          .then(() => session.back())
          .then(open);
      }, wait);
      wait = Math.min(wait * 2, again.longest);
    };

    open();
    return () => {
      over = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [client]);
}
