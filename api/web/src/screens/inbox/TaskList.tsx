// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
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
  onToggle: (id: string) => void;
  onClear: () => void;
}

/** TaskList draws the rows that can be seen, and reads further as they are scrolled to. */
export function TaskList({ list, search, here, groupCount, selected, onToggle, onClear }: TaskListProps) {
  const { t } = useTranslation("inbox");
  const { density } = usePreferences();
  const scroller = useRef<HTMLDivElement>(null);
  const height = heights[density];
  const rows = useVirtualizer({
    count: list.tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    getItemKey: (index) => list.tasks[index]?.id ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew with another height
  useEffect(() => rows.measure(), [height]);
  list.onShow((index) => rows.scrollToIndex(index, { align: "auto" }));

  const items = rows.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  const { more, loadingMore, loadMore } = list;
  useEffect(() => {
    if (more && !loadingMore && last >= list.tasks.length - 10) loadMore();
  });

  const filtered = activeFilters(search).length > 0 || search.q !== undefined;
  const box = search.box ?? "mine";
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
                open={task.id === search.task}
                here={item.index === here}
                gone={list.gone.get(task.id)}
                checked={selected?.has(task.id)}
                onToggle={onToggle}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
