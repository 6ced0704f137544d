// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import { useMe } from "~/api/me";
import { prefetchTask } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { usePreferences } from "~/theme/preferences";
import { Empty, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import classes from "./Inbox.module.css";
import { activeFilters, type InboxSearch } from "./search";
import { TaskRow } from "./TaskRow";
import type { Listed } from "./useTaskList";

const heights = { comfortable: 56, compact: 44 }; // px of a row, as tokens.css has them

interface TaskListProps {
  list: Listed;
  search: InboxSearch;
  /** The row that keys are about. */
  here: number;
  groupCount: number | undefined;
  /** Undefined where nothing can be done with many. */
  selected: ReadonlySet<string> | undefined;
  onOpen: (id: string) => void;
  onToggle: (id: string) => void;
  onClear: () => void;
}

/** TaskList draws the rows that can be seen, and reads further as they are scrolled to. */
export function TaskList({ list, search, here, groupCount, selected, onOpen, onToggle, onClear }: TaskListProps) {
  const { t } = useTranslation("inbox");
  const { density } = usePreferences();
  const me = useMe();
  const router = useRouter();
  const client = useQueryClient();
  const near = useCallback((id: string) => void prefetchTask(client, id), [client]);
  const scroller = useRef<HTMLDivElement>(null);
  const height = heights[density];
  const rows = useVirtualizer({
    count: list.tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    useFlushSync: false, // eight rows more than are seen are drawn: a scroll need not wait for the next
    getItemKey: (index) => list.tasks[index]?.id ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew with another height
  useEffect(() => rows.measure(), [height]);
  // Rows are of one height, so nothing has to be measured to bring one into view.
  list.onShow((index) => {
    const box = scroller.current;
    if (!box) return;
    const [top, bottom] = [index * height, (index + 1) * height];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  });

  const items = rows.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  const { more, loadingMore, loadMore } = list;
  useEffect(() => {
    if (more && !loadingMore && last >= list.tasks.length - 10) loadMore();
  });

  const filtered = activeFilters(search).length > 0 || search.q !== undefined;
  const box = search.box ?? "mine";
  const of = router.buildLocation({ to: "/inbox", search: { ...search, task: "" } }).href;
  const hrefOf = (id: string) => `${of}${of.includes("?") ? "&" : "?"}task=${id}`;
  return (
    <div className={classes.scroller} ref={scroller} onPointerEnter={() => list.pointed(true)} onPointerLeave={() => list.pointed(false)}>
      {list.pending && <RowSkeletons height={height} />}
      {list.problem && list.tasks.length === 0 && <ProblemNote problem={list.problem} onRetry={list.retry} />}
      {!list.pending && !list.problem && list.tasks.length === 0 && !more && (
        <Empty text={filtered ? t("nothingFits") : t(`empty.${box}`)}>
          {filtered && (
            <Button variant="default" size="xs" onClick={onClear}>
              {t("clear")}
            </Button>
          )}
          {!filtered && Boolean(groupCount) && (
            <Link to="/inbox" search={{ box: "group" }}>
              {t("emptyGroup", { count: groupCount })}
            </Link>
          )}
        </Empty>
      )}
      <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const task = list.tasks[item.index];
          if (!task) return null;
          return (
            <li
              key={item.key}
              className={classes.item}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              aria-setsize={more ? -1 : list.tasks.length}
              aria-posinset={item.index + 1}
            >
              <TaskRow
                task={task}
                href={hrefOf(task.id)}
                t={t}
                me={me.id}
                open={task.id === search.task}
                here={item.index === here}
                gone={list.gone.get(task.id)}
                checked={selected?.has(task.id)}
                onOpen={onOpen}
                onNear={near}
                onToggle={onToggle}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
