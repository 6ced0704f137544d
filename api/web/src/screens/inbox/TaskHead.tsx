// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge, Group, Text, Title } from "@mantine/core";
import { IconArrowUp, IconChevronsUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Task } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { Person } from "~/ui/person";
import { Sla } from "~/ui/time";
import classes from "./Task.module.css";
import { useWords } from "./words";

/** TaskHead says what is to be done, on which record, by when and by whom. */
export function TaskHead({ task, back }: { task: Task; back: ReactNode }) {
  const { t } = useTranslation(["task", "inbox"]);
  const { word } = useWords();
  const { record, clock } = task;
  const warn = clock?.warnings[0]?.at;
  return (
    <header className={classes.head}>
      {back}
      <Group justify="space-between" wrap="nowrap" align="start" gap="md">
        <div className={classes.titles}>
          <Title order={2} className={classes.title} dir="auto">
            {task.title}
          </Title>
          <Text size="sm">
            <Link to={`/records/${record.id}` as "/records"} className={classes.record}>
              <span className="mono">{record.number}</span> <bdi>{record.title}</bdi>
            </Link>
          </Text>
        </div>
        <div className={classes.clock}>
          <Sla
            dueAt={task.due_at}
            openedAt={task.opened_at}
            heldAt={clock ? clock.held_since : record.held_at}
            completedAt={task.completed_at}
            followUpAt={task.follow_up_at}
            warnAt={warn}
            leftSeconds={clock?.left_seconds}
            calendar={clock && t("goal", { goal: clock.goal, calendar: clock.calendar })}
            zone={task.site.zone}
          />
        </div>
      </Group>
      <dl className={classes.facts}>
        <Fact name={t("askedBy")}>
          <Person who={task.requester ?? task.record_owner} />
        </Fact>
        <Fact name={t("assignee")}>{task.assignee ? <Person who={task.assignee} behalf={task.owner} /> : t("inbox:unassigned")}</Fact>
        <Fact name={t("site")}>
          <bdi>{task.site.name}</bdi>
        </Fact>
        {record.class && <Fact name={t("class.title")}>{word("class", record.class)}</Fact>}
        <Fact name={t("state.title")}>{word("state", record.state)}</Fact>
        {task.priority < 3 && (
          <Fact name={t("priority")}>
            <span className={classes.priority} data-level={task.priority}>
              {task.priority === 1 ? <IconChevronsUp size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />}
              {t(task.priority === 1 ? "inbox:priority.1" : "inbox:priority.2")}
            </span>
          </Fact>
        )}
        {task.round > 1 && (
          <Fact name={t("round")}>
            <Badge color="yellow">{t("roundN", { n: task.round })}</Badge>
          </Fact>
        )}
        {clock?.statutory && <Fact name={t("clock")}>{t("statutory")}</Fact>}
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
