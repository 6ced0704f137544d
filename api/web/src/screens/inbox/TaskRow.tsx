// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { IconArrowUp, IconChevronsUp } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { memo } from "react";
import type { TaskItem } from "~/api/tasks";
import { Person } from "~/ui/person";
import { ListRow } from "~/ui/row";
import { Relative, Sla } from "~/ui/time";
import classes from "./Inbox.module.css";

// What all rows of a list share is given to them: fifty that each ask for it are drawn half as fast.
interface TaskRowProps {
  task: TaskItem;
  href: string;
  t: TFunction<"inbox">;
  /** Who is at the screen. */
  me: string;
  open: boolean;
  here: boolean;
  gone: "taken" | "done" | undefined;
  /** Undefined where rows are not selected. */
  checked: boolean | undefined;
  onOpen: (id: string) => void;
  /** The pointer or the focus is on it. */
  onNear: (id: string) => void;
  onToggle: (id: string) => void;
}

/** TaskRow is one task: what, of which record, who asked, who has it, and the one date that matters now. */
export const TaskRow = memo(function TaskRow({ task, href, t, me, open, here, gone, checked, onOpen, onNear, onToggle }: TaskRowProps) {
  const { record } = task;
  const asker = task.requester ?? task.record_owner;
  return (
    <div className={classes.rowFrame} data-here={here || undefined} data-gone={gone} data-checked={checked || undefined}>
      {checked !== undefined && (
        <span className={classes.check}>
          <input
            type="checkbox"
            checked={checked}
            onChange={() => onToggle(task.id)}
            aria-label={t("select", { title: `${task.title} ${record.number}` })}
          />
        </span>
      )}
      <ListRow
        href={href}
        selected={open}
        onOpen={() => onOpen(task.id)}
        onNear={() => onNear(task.id)}
        title={
          <>
            <Priority n={task.priority} t={t} /> <bdi className={classes.what}>{task.title}</bdi>{" "}
            <bdi className={classes.about}>{record.title}</bdi>
          </>
        }
        detail={
          <>
            <span className="mono">{record.number}</span>
            {record.class && ` · ${t(`class.${record.class}` as "class.major", { defaultValue: record.class })}`} ·{" "}
            {t("askedBy", { name: asker.name })} · <Holder task={task} t={t} me={me} />
          </>
        }
        end={gone ? <span className={classes.goneText}>{t(`gone.${gone}`)}</span> : <When task={task} t={t} />}
      />
    </div>
  );
});

function Priority({ n, t }: { n: number; t: TFunction<"inbox"> }) {
  if (n > 2) return null;
  const Icon = n === 1 ? IconChevronsUp : IconArrowUp;
  return (
    <span className={classes.priority} data-level={n}>
      <Icon size={14} aria-hidden />
      {t(n === 1 ? "priority.1" : "priority.2")}
    </span>
  );
}

function Holder({ task, t, me }: Pick<TaskRowProps, "task" | "t" | "me">) {
  if (!task.assignee) return t("unassigned");
  if (task.assignee.id === me && !task.owner) return t("you");
  return <Person who={task.assignee} behalf={task.owner} />;
}

function When({ task, t }: Pick<TaskRowProps, "task" | "t">) {
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
