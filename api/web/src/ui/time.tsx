// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBellPause, IconCheck, IconClock, IconPlayerPause } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { type ReactElement, type ReactNode, useState, useSyncExternalStore } from "react";
import { useTranslation } from "~/i18n/texts";
import { dateText, hereZone, instantText, type Span, spanOf } from "./instant";
import classes from "./time.module.css";

// One clock for all that counts on a page, so that a list does not have fifty.
const tick = 15_000;
let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(listener: () => void): () => void {
  if (watchers.size === 0) now = Date.now(); // the clock stood still while nobody looked
  watchers.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const w of watchers) w();
  }, tick);
  return () => {
    watchers.delete(listener);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** useNow is the time, new every 15 seconds. */
export const useNow = (): number => useSyncExternalStore(watch, () => now);

// wordsOf says a span in the language of the page: "2 d 3 h".
const wordsOf = (span: Span, t: TFunction): string => span.map(({ unit, n }) => t(`time.${unit}`, { n })).join(" ");

/** DateTime is an instant, whole and with its zone: that of the site where there is one. */
export function DateTime({ at, zone }: { at: string; zone?: string }) {
  const { i18n } = useTranslation();
  return (
    <time dateTime={at} className={classes.instant}>
      {instantText(at, zone, i18n.language)}
    </time>
  );
}

// Hint says more beside the pointer. A list has fifty of them: what it says is made, and the tooltip drawn, once the pointer is there.
function Hint({ text, children }: { text: () => ReactNode; children: ReactElement }) {
  const [near, setNear] = useState(false);
  return (
    <span onPointerEnter={() => setNear(true)} onPointerLeave={() => setNear(false)}>
      {near ? (
        <Tooltip label={text()} multiline maw={320}>
          {children}
        </Tooltip>
      ) : (
        children
      )}
    </span>
  );
}

/** Relative is for inbox and board only: "in 2 h", with the whole instant beside the pointer. */
export function Relative({ at, zone }: { at: string; zone?: string }) {
  const { t, i18n } = useTranslation();
  const ms = new Date(at).getTime() - useNow();
  const span = wordsOf(spanOf(ms).slice(0, 1), t);
  return (
    <Hint text={() => instantText(at, zone, i18n.language)}>
      <time dateTime={at} className={classes.instant}>
        {Math.abs(ms) < 60_000 ? t("time.now") : t(ms > 0 ? "time.in" : "time.ago", { span })}
      </time>
    </Hint>
  );
}

/** What a service level clock needs to know. Working time is the server's to count: without it the clock shows real time. */
export interface SlaProps {
  dueAt: string;
  heldAt?: string;
  completedAt?: string;
  followUpAt?: string;
  /** From when on it is a warning. A quarter of the time from the opening unless told. */
  warnAt?: string;
  openedAt?: string;
  /** Working time that is left, as the server counted it; negative past the due date. It is asked for anew, not counted down here. */
  leftSeconds?: number;
  /** Name of the calendar, shown with the goal. */
  calendar?: string;
  zone?: string;
}

// Hours by which working time is told in days.
const workingDay = 8;

type Level = "done" | "held" | "breached" | "warning" | "calm" | "later";

const icons = {
  done: IconCheck,
  held: IconPlayerPause,
  breached: IconAlertTriangle,
  warning: IconClock,
  calm: IconClock,
  later: IconBellPause,
};

function levelOf(p: SlaProps, now: number): Level {
  if (p.completedAt) return "done";
  if (p.heldAt) return "held";
  const due = new Date(p.dueAt).getTime();
  if (due <= now) return "breached";
  const opened = p.openedAt ? new Date(p.openedAt).getTime() : due - 86_400_000;
  const warn = p.warnAt ? new Date(p.warnAt).getTime() : due - (due - opened) / 4;
  if (warn <= now) return "warning";
  return p.followUpAt && new Date(p.followUpAt).getTime() > now ? "later" : "calm";
}

/** Sla is the one date that matters now: overdue before due before follow-up. It never says so by colour alone. */
export function Sla(props: SlaProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const level = levelOf(props, now);
  const zone = props.zone ?? hereZone();
  const Icon = icons[level];
  const working = props.leftSeconds !== undefined;
  const left = working ? (props.leftSeconds ?? 0) * 1000 : new Date(props.dueAt).getTime() - now;
  const span = wordsOf(spanOf(left, working ? workingDay : 24), t);
  const text = {
    done: () => dateText(props.completedAt ?? "", zone, i18n.language),
    held: () => t("sla.held"),
    breached: () => t("sla.over", { span }),
    warning: () => t("sla.left", { span }),
    calm: () => t("sla.left", { span }),
    later: () => t("sla.followUp", { when: dateText(props.followUpAt ?? "", zone, i18n.language) }),
  }[level]();
  const hint = () =>
    [
      props.completedAt && t("sla.done", { when: instantText(props.completedAt, zone, i18n.language) }),
      props.heldAt && t("sla.heldSince", { when: instantText(props.heldAt, zone, i18n.language) }),
      t("sla.goal", { when: instantText(props.dueAt, zone, i18n.language) }),
      props.calendar ?? (working && t("sla.working")),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <Hint text={hint}>
      <span className={classes.sla} data-level={level}>
        <Icon size={14} aria-hidden />
        <span>{text}</span>
      </span>
    </Hint>
  );
}
