// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Badge, Button, Group, Stack } from "@mantine/core";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type ListOf, listFile, recordsBehind, type Search, tasksBehind } from "~/api/board";
import { findPeople, sitesQuery } from "~/api/people";
import { useTranslation } from "~/i18n/texts";
import { instantText } from "~/ui/instant";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { DateTime, Relative, Sla } from "~/ui/time";
import classes from "./board.module.css";
import { lastBoard } from "./search";

const tasksRoute = getRouteApi("/board/tasks");
const recordsRoute = getRouteApi("/board/records");

/** TasksBehindPage lists exactly the tasks that a figure of the board counts. */
export function TasksBehindPage() {
  const { t } = useTranslation("board");
  const search = tasksRoute.useSearch();
  const list = useInfiniteQuery(tasksBehind(search));
  const rows = list.data?.pages.flatMap((page) => page.items);
  const closed = search.box === "decided";
  return (
    <Behind of="tasks" search={search} list={list} rows={rows?.length}>
      <Sheet
        label={t("behind.tasks")}
        head={[
          { key: "record", label: t("behind.record") },
          { key: "step", label: t("step") },
          { key: "site", label: t("by.site") },
          { key: "who", label: t("load.who") },
          { key: "opened", label: t("behind.opened") },
          { key: "due", label: t(closed ? "behind.decided" : "behind.due") },
        ]}
      >
        {rows?.map((task) => (
          <tr key={task.id}>
            <td>
              <RecordLink id={task.record.id} number={task.record.number} title={task.record.title} />
            </td>
            <td dir="auto">{task.title}</td>
            <td dir="auto">{task.site.name}</td>
            <td>{task.assignee ? <bdi>{task.assignee.name}</bdi> : <span className="quiet">{t("load.nobody")}</span>}</td>
            <td>
              <Relative at={task.opened_at} zone={task.site.zone} />
            </td>
            <td>
              {closed && task.completed_at ? (
                <Relative at={task.completed_at} zone={task.site.zone} />
              ) : (
                <Sla
                  dueAt={task.due_at}
                  openedAt={task.opened_at}
                  heldAt={task.record.held_at}
                  completedAt={task.completed_at}
                  leftSeconds={task.left_seconds}
                  zone={task.site.zone}
                />
              )}
            </td>
          </tr>
        ))}
      </Sheet>
    </Behind>
  );
}

/** RecordsBehindPage lists exactly the records that a figure of the board counts. */
export function RecordsBehindPage() {
  const { t } = useTranslation("board");
  const search = recordsRoute.useSearch();
  const list = useInfiniteQuery(recordsBehind(search));
  const className = (name: string) => name && t(`class.${name}` as "class.major", { defaultValue: name });
  const rows = list.data?.pages.flatMap((page) => page.items);
  return (
    <Behind of="records" search={search} list={list} rows={rows?.length}>
      <Sheet
        label={t("behind.records")}
        head={[
          { key: "record", label: t("behind.record") },
          { key: "class", label: t("by.class") },
          { key: "site", label: t("by.site") },
          { key: "owner", label: t("behind.owner") },
          { key: "due", label: t("behind.due") },
          { key: "closed", label: t("behind.closed") },
        ]}
      >
        {rows?.map((record) => (
          <tr key={record.id}>
            <td>
              <RecordLink id={record.id} number={record.number} title={record.title} />
            </td>
            <td>{className(record.class) || <span className="quiet">{t("none")}</span>}</td>
            <td dir="auto">{record.site.name}</td>
            <td>
              <bdi>{record.owner.name}</bdi>
            </td>
            <td>
              <DateTime at={record.due_at} zone={record.site.zone} />
            </td>
            <td>{record.closed_at && <DateTime at={record.closed_at} zone={record.site.zone} />}</td>
          </tr>
        ))}
      </Sheet>
    </Behind>
  );
}

function RecordLink({ id, number, title }: { id: string; number: string; title: string }) {
  return (
    <>
      <Anchor inherit renderRoot={(props) => <Link to={`/records/${id}` as string} {...props} />}>
        <span className="mono">{number}</span>
      </Anchor>{" "}
      <bdi>{title}</bdi>
    </>
  );
}

interface List {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
}

function Behind({
  of,
  search,
  list,
  rows,
  children,
}: {
  of: ListOf;
  search: Search;
  list: List;
  rows: number | undefined;
  children: ReactNode;
}) {
  const { t } = useTranslation(["board", "common"]);
  const { box: _, ...narrowed } = search;
  return (
    <Page
      title={t(`behind.${of}`)}
      actions={
        <>
          <Button
            renderRoot={(props) => <Link to="/board" search={lastBoard.search} {...props} />}
            variant="default"
            size="xs"
            leftSection={<IconArrowLeft size={14} aria-hidden className={classes.back} />}
          >
            {t("title")}
          </Button>
          {(["csv", "xlsx"] as const).map((format) => (
            <Button
              key={format}
              variant="default"
              size="xs"
              component="a"
              href={listFile(of, search, format)}
              download
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              {format.toUpperCase()}
            </Button>
          ))}
        </>
      }
    >
      <Stack gap="sm">
        <Filtered search={narrowed} />
        {list.isPending && <RowSkeletons />}
        {list.isError && <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />}
        {rows === 0 ? !list.isError && <Empty text={t("behind.empty")} /> : rows !== undefined && children}
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("common:action.more")}
          </Button>
        )}
      </Stack>
    </Page>
  );
}

const named = [
  "type",
  "site",
  "area",
  "product",
  "class",
  "step",
  "assignee",
  "claimed",
  "outcome",
  "step_outcome",
  "due_from",
  "due_before",
  "opened_from",
  "opened_before",
  "completed_from",
  "completed_before",
  "closed_from",
  "closed_before",
  "age_from",
  "age_to",
  "forecast_days",
  "during",
  "on_time",
  "repeat",
  "human_error",
  "without",
  "state",
] as const;

// Filtered says what narrows the list, so that nobody takes a part for the whole.
function Filtered({ search }: { search: Search }) {
  const { t, i18n } = useTranslation("board");
  const sites = useQuery(sitesQuery).data ?? [];
  const people = useQuery({ ...findPeople(""), enabled: search.assignee !== undefined }).data ?? [];
  const say = (name: string, value: string) => {
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return instantText(value, undefined, i18n.language);
    if (name === "site")
      return value
        .split(",")
        .map((id) => sites.find((site) => site.id === id)?.name ?? id)
        .join(", ");
    if (name === "assignee") return people.find((person) => person.id === value)?.name ?? value.slice(0, 8);
    return value;
  };
  return (
    <Group gap={4}>
      {named.flatMap((name) => {
        const value = search[name];
        return value === undefined
          ? []
          : [
              <Badge key={name} variant="default" size="lg">
                {t(`where.${name}`)}: {say(name, value)}
              </Badge>,
            ];
      })}
    </Group>
  );
}
