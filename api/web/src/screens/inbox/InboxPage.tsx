// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { draftQuery } from "~/api/drafts";
import { filesQuery } from "~/api/files";
import { holds, useMe } from "~/api/me";
import { countsQuery, prefetchTask } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { useShortcuts } from "~/shell/shortcuts";
import { usePreferences } from "~/theme/preferences";
import { Empty, RowSkeletons } from "~/ui/page";
import { afterPaint, later, soon } from "~/ui/soon";
import { Boxes } from "./Boxes";
import type { Decided } from "./decided";
import classes from "./Inbox.module.css";
import { ListBar } from "./ListBar";
import { NewsBar } from "./NewsBar";
import { type InboxSearch, nextOf } from "./search";
import { TaskList } from "./TaskList";
import { useTaskList } from "./useTaskList";

// What the list does not need comes with the first task that is opened.
const [TaskPane, loadPane] = soon(() => import("./TaskPane"), ["task", "forms", "files", "signing"]);
const [ReceiptDialog, loadReceipt] = soon(() => import("./ReceiptDialog"), ["signing"]);
const ReassignBar = later(() => import("./ReassignBar"));

const route = getRouteApi("/inbox");
const phone = "(max-width: 48em)";

/** InboxPage is the approver's home: the list at one side, the task at the other. */
export function InboxPage() {
  const { t } = useTranslation(["inbox", "common"]);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const me = useMe();
  const { auto_advance } = usePreferences();
  const narrow = useMediaQuery(phone, window.matchMedia(phone).matches);
  const counts = useQuery(countsQuery).data;
  const list = useTaskList(search, counts?.[search.box ?? "mine"]);
  const { tasks } = list;
  const [decided, setDecided] = useState<Decided>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const find = useRef<HTMLInputElement>(null);
  const pane = useRef<HTMLElement>(null);
  const box = search.box ?? "mine";
  const manages = holds(me, "manager", "area_head", "quality_head");

  useEffect(() => {
    document.title = `${t("title")} · ${t("common:app")}`;
  }, [t]);
  // The list comes first: what draws a task is fetched when it is there.
  useEffect(() => (list.pending ? undefined : afterPaint(() => void loadPane().then(loadReceipt), 200)), [list.pending]);

  // The page itself does not scroll: to reset that would only lay everything out once more at each step.
  const to = useCallback(
    (change: Partial<InboxSearch>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace, resetScroll: false }),
    [navigate],
  );
  const open = useCallback((id: string | undefined, replace = false) => to({ task: id }, replace), [to]);

  const at = tasks.findIndex((task) => task.id === search.task);
  const [cursor, setCursor] = useState(0); // the row that keys are about, on a phone or while nothing is open
  const here = at >= 0 ? at : Math.min(cursor, tasks.length - 1);

  // The two tasks below are read ahead, once this one is drawn: going there shows them at once, however fast.
  const below = here + (at >= 0 ? 1 : 0);
  const [next, afterNext] = [tasks[below], tasks[below + 1]];
  useEffect(
    () =>
      afterPaint(() => {
        for (const task of [next, afterNext]) {
          if (!task) continue;
          void prefetchTask(client, task.id);
          void client.prefetchQuery(filesQuery(task.record.id));
          if (task.assignee?.id === me.id) void client.prefetchQuery(draftQuery(task.id));
        }
      }),
    [next, afterNext, client, me.id],
  );

  const move = (by: number) => {
    const row = at < 0 && by > 0 && cursor === 0 && !search.task ? 0 : Math.min(Math.max(here + by, 0), tasks.length - 1);
    setCursor(row);
    list.show(row);
    if (!narrow && tasks[row]) open(tasks[row].id, true);
  };
  // The same at every render, so that a move draws two rows and not all of them.
  const toggle = useCallback(
    (id: string) =>
      setSelected((old) => {
        const now = new Set(old);
        if (!now.delete(id)) now.add(id);
        return now;
      }),
    [],
  );
  const row = tasks[here];
  useShortcuts([
    { keys: "j", label: t("keys.down"), run: () => move(1) },
    { keys: "k", label: t("keys.up"), run: () => move(-1) },
    {
      keys: "Enter",
      label: t("keys.open"),
      run: () => {
        if (row && row.id !== search.task) open(row.id);
        requestAnimationFrame(() => pane.current?.focus());
      },
    },
    { keys: "/", label: t("keys.find"), run: () => find.current?.focus() },
    { keys: "Escape", label: t("keys.back"), run: () => (selected.size > 0 ? setSelected(new Set()) : open(undefined)) },
    ...(manages && row ? [{ keys: "x", label: t("keys.select"), run: () => toggle(row.id) }] : []),
  ]);

  const onDecided = (done: Decided) => {
    setDecided(done);
    const following = nextOf(tasks, done.task.id, list.gone);
    open(auto_advance ? following : undefined, true);
  };
  const chosen = useMemo(() => tasks.filter((task) => selected.has(task.id)), [tasks, selected]);

  return (
    <div className={classes.inbox} data-open={search.task !== undefined || undefined}>
      <section className={classes.side} aria-label={t("list")}>
        <h1 className={classes.heading}>{t("title")}</h1>
        <Boxes box={box} counts={counts} onBox={(name) => void navigate({ search: name === "mine" ? {} : { box: name } })} />
        <ListBar search={search} onSearch={(change) => to(change, true)} onView={(view) => void navigate({ search: view })} find={find} />
        <NewsBar list={list} />
        <TaskList
          list={list}
          search={search}
          here={here}
          groupCount={box === "mine" ? counts?.group : undefined}
          selected={manages ? selected : undefined}
          onOpen={open}
          onToggle={toggle}
          onClear={() => void navigate({ search: box === "mine" ? {} : { box } })}
        />
        {manages && selected.size > 0 && (
          <Suspense>
            <ReassignBar tasks={chosen} onDone={(left = []) => setSelected(new Set(left))} />
          </Suspense>
        )}
      </section>
      <section className={classes.pane} ref={pane} tabIndex={-1} aria-label={t("task")}>
        {narrow && search.task && <h1 className="unseen">{t("title")}</h1>}
        {search.task ? (
          <Suspense fallback={<RowSkeletons />}>
            <TaskPane key={search.task} id={search.task} onBack={() => open(undefined)} onDecided={onDecided} />
          </Suspense>
        ) : (
          <Empty text={t("choose")}>
            <span className={classes.hint}>{t("chooseKeys")}</span>
          </Empty>
        )}
      </section>
      {decided && (
        <Suspense>
          <ReceiptDialog decided={decided} advanced={search.task !== undefined} onClose={() => setDecided(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
