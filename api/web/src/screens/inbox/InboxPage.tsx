// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Tabs } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Box, countsQuery, type TaskItem, tasksQuery } from "~/api/tasks";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Row } from "~/ui/row";
import { Sla } from "~/ui/time";

const route = getRouteApi("/inbox");
const boxes = ["mine", "group", "waiting", "done"] as const;

/** InboxPage lists what waits, box by box. */
export function InboxPage() {
  const { t } = useTranslation("inbox");
  const { box = "mine" } = route.useSearch();
  const navigate = route.useNavigate();
  const counts = useQuery(countsQuery).data;
  return (
    <Page title={t("title")}>
      <Tabs value={box} onChange={(next) => void navigate({ search: { box: next as Box } })} keepMounted={false}>
        <Tabs.List>
          {boxes.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`box.${name}`)} <Count n={counts?.[name]} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {boxes.map((name) => (
          <Tabs.Panel key={name} value={name}>
            <TaskList box={name} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

// No number at zero; counting stops at 999.
function Count({ n }: { n: number | undefined }) {
  if (!n) return null;
  return <span className="quiet">{n > 999 ? "999+" : n}</span>;
}

function TaskList({ box }: { box: (typeof boxes)[number] }) {
  const { t } = useTranslation(["inbox", "common"]);
  const list = useInfiniteQuery(tasksQuery({ box }));
  if (list.isPending) return <RowSkeletons />;
  if (list.isError) return <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />;
  const tasks = list.data.pages.flatMap((page) => page.items);
  if (tasks.length === 0) return <Empty text={t(`empty.${box}`)} />;
  return (
    <>
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("common:action.more")}
        </Button>
      )}
    </>
  );
}

function TaskRow({ task }: { task: TaskItem }) {
  const { t } = useTranslation("inbox");
  const who = task.assignee ? t("heldBy", { name: task.assignee.name }) : t("unassigned");
  return (
    <Row
      link={{ to: "/inbox", search: true }}
      title={
        <>
          {task.title} <span className="quiet">{task.record.title}</span>
        </>
      }
      detail={
        <>
          <span className="mono">{task.record.number}</span> · {task.site.name} ·{" "}
          {t("askedBy", { name: (task.requester ?? task.record_owner).name })} · {who}
        </>
      }
      end={
        <Sla
          dueAt={task.due_at}
          openedAt={task.opened_at}
          heldAt={task.record.held_at}
          completedAt={task.completed_at}
          followUpAt={task.follow_up_at}
          zone={task.site.zone}
        />
      }
    />
  );
}
