// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Text } from "@mantine/core";
import type { Task } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { Person } from "~/ui/person";
import { DateTime } from "~/ui/time";
import classes from "./Task.module.css";
import { humanize } from "./words";

/** RequestNote is what somebody asks for: another due date, a cancellation, another class. */
export function RequestNote({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const request = task.request;
  if (typeof request !== "object" || request === null) return null;
  const entries = Object.entries(request).filter(([, value]) => value !== null && value !== "");
  if (entries.length === 0) return null;
  return (
    <section className={classes.request} aria-label={t("request.title")}>
      <Text size="sm" fw={600}>
        {t("request.title")} {task.requester && <Person who={task.requester} />}
      </Text>
      <dl className={classes.answers}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`request.${name}` as "request.reason", { defaultValue: humanize(name) })}</dt>
            <dd dir="auto">{name === "due_at" && typeof value === "string" ? <DueChange task={task} to={value} /> : textOf(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function DueChange({ task, to }: { task: Task; to: string }) {
  const { t } = useTranslation("task");
  return (
    <>
      <DateTime at={to} zone={task.site.zone} />{" "}
      <span className="quiet">
        {t("request.now")} <DateTime at={task.record_summary.due_at} zone={task.site.zone} />
      </span>
    </>
  );
}

const textOf = (value: unknown) => (typeof value === "object" ? JSON.stringify(value, null, 1) : String(value));
