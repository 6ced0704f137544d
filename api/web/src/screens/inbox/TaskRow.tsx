// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Checkbox } from "@mantine/core";
import { IconArrowUp, IconChevronsUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "~/api/me";
import { prefetchTask, type TaskItem } from "~/api/tasks";
import { Person } from "~/ui/person";
import { Row } from "~/ui/row";
import { Relative, Sla } from "~/ui/time";
import classes from "./Inbox.module.css";
import type { InboxSearch } from "./search";

interface TaskRowProps {
  task: TaskItem;
  open: boolean;
  here: boolean;
  gone: "taken" | "done" | undefined;
  /** Undefined where rows are not selected. */
  checked: boolean | undefined;
  onToggle: (id: string) => void;
}

/** TaskRow is one task: what, of which record, who asked, who has it, and the one date that matters now. */
export const TaskRow = memo(function TaskRow({ task, open, here, gone, checked, onToggle }: TaskRowProps) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const asker = task.requester ?? task.record_owner;
  return (
    <div className={classes.rowFrame} data-here={here || undefined} data-gone={gone} data-checked={checked || undefined}>
      {checked !== undefined && (
        <Checkbox
          className={classes.check}
          size="xs"
          checked={checked}
          onChange={() => onToggle(task.id)}
          aria-label={t("select", { title: `${task.title} ${task.record.number}` })}
        />
      )}
      <Row
        link={{ to: "/inbox", search: ((old: InboxSearch) => ({ ...old, task: task.id })) as never }}
        selected={open}
        onHover={() => void prefetchTask(client, task.id)}
        title={
          <>
            <Priority n={task.priority} /> <bdi className={classes.what}>{task.title}</bdi>{" "}
            <bdi className={classes.about}>{task.record.title}</bdi>
          </>
        }
        detail={
          <>
            <span className="mono">{task.record.number}</span>
            {task.record.class && ` · ${t(`class.${task.record.class}` as "class.major", { defaultValue: task.record.class })}`} ·{" "}
            {t("askedBy", { name: asker.name })} · <Holder task={task} />
          </>
        }
        end={gone ? <span className={classes.goneText}>{t(`gone.${gone}`)}</span> : <When task={task} />}
      />
    </div>
  );
});

function Priority({ n }: { n: number }) {
  const { t } = useTranslation("inbox");
  if (n > 2) return null;
  const Icon = n === 1 ? IconChevronsUp : IconArrowUp;
  const label = t(n === 1 ? "priority.1" : "priority.2");
  return (
    <span className={classes.priority} data-level={n}>
      <Icon size={14} aria-hidden />
      {label}
    </span>
  );
}

function Holder({ task }: { task: TaskItem }) {
  const { t } = useTranslation("inbox");
  const me = useMe();
  if (!task.assignee) return <>{t("unassigned")}</>;
  if (task.assignee.id === me.id && !task.owner) return <>{t("you")}</>;
  return <Person who={task.assignee} behalf={task.owner} />;
}

function When({ task }: { task: TaskItem }) {
  const { t } = useTranslation("inbox");
  if (task.state !== "open" && task.completed_at) {
    return (
      <span className={classes.decided}>
        <span>{t(`decided.${task.outcome ?? "done"}` as "decided.done", { defaultValue: task.outcome })}</span>
        <Relative at={task.completed_at} zone={task.site.zone} />
      </span>
    );
  }
  return (
    <Sla
      dueAt={task.due_at}
      openedAt={task.opened_at}
      heldAt={task.record.held_at}
      followUpAt={task.follow_up_at}
      leftSeconds={task.left_seconds}
      zone={task.site.zone}
    />
  );
}
