// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPause } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { spanOf } from "~/ui/instant";
import { Person } from "~/ui/person";
import { DateTime } from "~/ui/time";
import classes from "./RecordPage.module.css";
import { useWords } from "./words";

/** Marks say in one line what record this is and how it stands. */
export function Marks({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const words = useWords();
  return (
    <div className={classes.marks}>
      <span className="mono">{record.number}</span>
      <Badge variant="outline" color={record.closed_at ? "gray" : "accent"}>
        {words.state(record.type, record.state)}
      </Badge>
      <Badge color="gray">{words.className(record.class)}</Badge>
      {record.overdue && (
        <Badge color="red" leftSection={<IconAlertTriangle size={12} aria-hidden />}>
          {t("overdue")}
        </Badge>
      )}
      {record.held_at && (
        <Badge color="yellow" leftSection={<IconPlayerPause size={12} aria-hidden />}>
          {t("held")}
        </Badge>
      )}
      {record.late_seconds > 0 && <Badge color="yellow">{t("late")}</Badge>}
      {record.migrated && <Badge color="gray">{t("migrated")}</Badge>}
      {Object.entries(record.flags)
        .filter(([, set]) => set)
        .map(([flag]) => (
          <Badge key={flag} color="gray">
            {words.flag(flag)}
          </Badge>
        ))}
    </div>
  );
}

/** OpenTasks are those that wait for somebody; each leads to the inbox. */
export function OpenTasks({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  if (record.tasks.length === 0) return null;
  return (
    <section>
      <h2 className={classes.heading}>{t("facts.tasks")}</h2>
      {record.tasks.map((task) => (
        <Link key={task.id} to="/inbox" search={{ task: task.id }} className={classes.task}>
          <span className={classes.taskTitle} dir="auto">
            {task.title}
          </span>
          <span className={classes.small}>
            {task.assignee ? <Person who={task.assignee} behalf={task.owner} /> : t("unassigned")} · {t("facts.due")}{" "}
            <DateTime at={task.due_at} zone={record.site.zone} />
          </span>
        </Link>
      ))}
    </section>
  );
}

/** Facts are what every record has, of whatever type. */
export function Facts({ record }: { record: RecordBody }) {
  const { t } = useTranslation(["records", "common"]);
  const words = useWords();
  const { zone } = record.site;
  const instant = (at: string | undefined) => at && <DateTime at={at} zone={zone} />;
  const moved = record.original_due_at !== record.due_at;
  const late = spanOf(record.late_seconds * 1000).map(({ unit, n }) => t(`common:time.${unit}`, { n }));
  const facts: [string, ReactNode][] = [
    [t("facts.type"), <bdi key="type">{words.type(record.type)}</bdi>],
    [t("facts.owner"), <Person key="owner" who={record.owner} />],
    [t("facts.reporter"), <Person key="reporter" who={record.reporter} />],
    [t("facts.site"), <bdi key="site">{record.site.name}</bdi>],
    [t("facts.due"), instant(record.due_at)],
    [t("facts.originalDue"), moved ? instant(record.original_due_at) : undefined],
    [t("facts.extensions"), record.extensions > 0 ? record.extensions : undefined],
    [t("facts.heldSince"), instant(record.held_at)],
    [t("facts.aware"), instant(record.aware_at)],
    [t("facts.late"), record.late_seconds > 0 ? t("facts.lateBy", { span: late.join(" ") }) : undefined],
    [t("facts.created"), instant(record.created_at)],
    [t("facts.updated"), instant(record.updated_at)],
    [t("facts.closed"), instant(record.closed_at)],
    [t("facts.version"), record.version],
    [t("facts.hash"), <Hash key="hash" value={record.content_hash} short />],
  ];
  return (
    <section>
      <h2 className={classes.heading}>{t("facts.title")}</h2>
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value !== undefined && value !== "")
          .map(([name, value]) => (
            <FactLine key={name} name={name} value={value} />
          ))}
      </dl>
    </section>
  );
}

function FactLine({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
