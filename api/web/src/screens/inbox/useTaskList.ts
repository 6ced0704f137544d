// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type TaskEvent, useEvents } from "~/api/events";
import { type TaskItem, taskKeys, tasksQuery } from "~/api/tasks";
import { activeFilters, type InboxSearch, matches, queryOf } from "./search";

const refresh = 5 * 60_000; // ms until times left are asked for anew, while nobody points at the list
const findPages = 20; // that are read to find what was typed

/** Listed is a box as it is shown. It only moves when somebody asks for it: what arrives meanwhile is counted in fresh. */
export interface Listed {
  tasks: TaskItem[];
  pending: boolean;
  problem: Error | null;
  more: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  retry: () => void;
  /** How many arrived since. */
  fresh: number;
  /** Something may have arrived, while the connection was away. */
  gap: boolean;
  /** Rows that are still shown, and are no longer there. */
  gone: ReadonlyMap<string, "taken" | "done">;
  /** Shows what has arrived. */
  renew: () => void;
  /** Told whether the pointer is over the list. */
  pointed: (over: boolean) => void;
  /** Brings a row into view. */
  show: (index: number) => void;
  onShow: (scroll: (index: number) => void) => void;
}

const nothing: { arrived: ReadonlySet<string>; gone: ReadonlyMap<string, "taken" | "done">; gap: boolean } = {
  arrived: new Set(),
  gone: new Map(),
  gap: false,
};

/** useTaskList reads a box page by page, and hears what becomes of it. count is how many the whole box has, as the server said last. */
export function useTaskList(search: InboxSearch, count: number | undefined): Listed {
  const client = useQueryClient();
  const options = tasksQuery(queryOf(search));
  const over = useRef(false);
  const query = useInfiniteQuery({
    ...options,
    refetchOnWindowFocus: false, // it would move under the cursor
    refetchInterval: () => (over.current ? false : refresh),
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const typed = search.q?.trim() ?? "";
  const tasks = useMemo(() => (typed === "" ? loaded : loaded.filter((task) => matches(task, typed))), [loaded, typed]);

  const pages = query.data?.pages.length ?? 0;
  useEffect(() => {
    if (typed !== "" && hasNextPage && !isFetchingNextPage && pages < findPages) void fetchNextPage();
  }, [typed, hasNextPage, isFetchingNextPage, pages, fetchNextPage]);

  const [news, setNews] = useState(nothing);
  const box = search.box ?? "mine";
  // biome-ignore lint/correctness/useExhaustiveDependencies: another box has news of its own
  useEffect(() => setNews(nothing), [box]);
  const ids = useMemo(() => new Set(loaded.map((task) => task.id)), [loaded]);
  const onTask = (event: TaskEvent) => {
    void client.invalidateQueries({ queryKey: taskKeys.one(event.id) });
    setNews((old) => {
      const arrived = new Set(old.arrived);
      const gone = new Map(old.gone);
      if (event.what === "arrived" && event.box === box) {
        arrived.add(event.id);
        gone.delete(event.id);
      } else {
        arrived.delete(event.id);
        if (ids.has(event.id)) gone.set(event.id, event.what === "done" ? "done" : "taken");
      }
      return { ...old, arrived, gone };
    });
  };
  useEvents({ onTask, onGap: () => setNews((old) => ({ ...old, gap: true })) });

  const key = useRef(options.queryKey);
  key.current = options.queryKey;
  const renew = useCallback(() => {
    setNews(nothing);
    void client.invalidateQueries({ queryKey: key.current });
  }, [client]);
  const scroll = useRef<(index: number) => void>(() => undefined);

  // A task that comes back to its group is not told of one by one, but counted.
  const arrived = [...news.arrived].filter((id) => !ids.has(id)).length;
  const whole =
    query.isSuccess && !query.isFetching && !hasNextPage && activeFilters(search).length === 0 && (box === "mine" || box === "group");
  const counted = whole && count !== undefined && count < 1000 ? count - loaded.filter((task) => !news.gone.has(task.id)).length : 0;

  return {
    tasks,
    pending: query.isPending,
    problem: query.error,
    more: hasNextPage,
    loadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    retry: () => void query.refetch(),
    fresh: Math.max(arrived, counted, 0),
    gap: news.gap,
    gone: news.gone,
    renew,
    pointed: (now) => {
      over.current = now;
    },
    show: (index) => scroll.current(index),
    onShow: (next) => {
      scroll.current = next;
    },
  };
}
