// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Stack } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconClock } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { Board, BoardLevels } from "~/api/board";
import type { AgeBucket, Load } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Empty } from "~/ui/page";
import { Num, Sheet } from "~/ui/sheet";
import { Bar, type Part } from "./Bars";
import classes from "./board.module.css";
import { FigureLink } from "./FigureLink";
import { Section, Tile } from "./Section";

const levelParts = (levels: BoardLevels): Part[] => [
  { key: "met", n: levels.met.count, tone: "good" },
  { key: "at_risk", n: levels.at_risk.count, tone: "warn" },
  { key: "breached", n: levels.breached.count, tone: "bad" },
];

/** OpenWork is what is open now: service levels, ageing by step, and who holds it. */
export function OpenWork({ board }: { board: Board }) {
  const { t } = useTranslation("board");
  const { levels } = board;
  return (
    <>
      <Section title={t("levels.title")} note={t("levels.note")}>
        <Stack gap="xs">
          <div className={classes.tiles}>
            <Tile label={t("levels.open")}>
              <FigureLink figure={levels.open} label={t("levels.open")} />
            </Tile>
            <Tile
              label={
                <>
                  <IconCheck size={14} aria-hidden /> {t("levels.met")}
                </>
              }
              tone="good"
              note={t("levels.metNote")}
            >
              <FigureLink figure={levels.met} label={t("levels.met")} />
            </Tile>
            <Tile
              label={
                <>
                  <IconClock size={14} aria-hidden /> {t("levels.atRisk")}
                </>
              }
              tone="warn"
              note={t("levels.atRiskNote")}
            >
              <FigureLink figure={levels.at_risk} label={t("levels.atRisk")} />
            </Tile>
            <Tile
              label={
                <>
                  <IconAlertTriangle size={14} aria-hidden /> {t("levels.breached")}
                </>
              }
              tone="bad"
              note={t("levels.breachedNote")}
            >
              <FigureLink figure={levels.breached} label={t("levels.breached")} />
            </Tile>
          </div>
          <Bar parts={levelParts(levels)} />
        </Stack>
      </Section>
      {board.steps.length === 0 ? <Empty inline text={t("levels.empty")} /> : <Steps board={board} />}
      {board.load.length > 0 && <Loads load={board.load} />}
    </>
  );
}

function Steps({ board }: { board: Board }) {
  const { t } = useTranslation("board");
  const buckets = board.steps[0]?.ageing ?? [];
  const most = Math.max(...board.steps.map((step) => step.open.count));
  return (
    <Section title={t("ageing.title")} note={t("ageing.note")} end={<AgeLegend buckets={buckets} />}>
      <Sheet
        label={t("ageing.title")}
        head={[
          { key: "step", label: t("step") },
          { key: "open", label: t("levels.open"), number: true },
          { key: "at_risk", label: t("levels.atRisk"), number: true },
          { key: "breached", label: t("levels.breached"), number: true },
          { key: "bar", label: t("ageing.title"), hidden: true },
          ...buckets.map((bucket) => ({ key: String(bucket.from_seconds), label: ageName(bucket, t), number: true })),
        ]}
      >
        {board.steps.map((step) => (
          <tr key={step.type + step.step}>
            <td dir="auto">{step.title}</td>
            <Num>
              <FigureLink figure={step.open} label={`${step.title}, ${t("levels.open")}`} />
            </Num>
            <Num>
              <FigureLink figure={step.at_risk} label={`${step.title}, ${t("levels.atRisk")}`} />
            </Num>
            <Num>
              <FigureLink figure={step.breached} label={`${step.title}, ${t("levels.breached")}`} />
            </Num>
            <td className={classes.barCell}>
              <Bar
                of={most}
                parts={step.ageing.map((bucket, i) => ({ key: String(bucket.from_seconds), n: bucket.count, tone: ageTone(i) }))}
              />
            </td>
            {step.ageing.map((bucket) => (
              <Num key={bucket.from_seconds}>
                <FigureLink figure={bucket} label={`${step.title}, ${ageName(bucket, t)}`} />
              </Num>
            ))}
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}

const ageTones = ["age0", "age1", "age2", "age3", "age4"] as const;
const ageTone = (i: number) => ageTones[Math.min(i, ageTones.length - 1)] ?? "age4";

// Ages are told in days of eight working hours, as the buckets are cut.
const workday = 8 * 3600;

function ageName(bucket: AgeBucket, t: TFunction<"board">): string {
  const from = bucket.from_seconds / workday;
  if (bucket.to_seconds === undefined) return t("ageing.over", { from });
  const to = bucket.to_seconds / workday;
  return from === 0 ? t("ageing.under", { to }) : t("ageing.between", { from, to });
}

function AgeLegend({ buckets }: { buckets: readonly AgeBucket[] }) {
  const { t } = useTranslation("board");
  return (
    <ul className={classes.legend} aria-hidden="true">
      {buckets.map((bucket, i) => (
        <li key={bucket.from_seconds}>
          <span className={classes.swatch} data-tone={ageTone(i)} /> {ageName(bucket, t)}
        </li>
      ))}
    </ul>
  );
}

function Loads({ load }: { load: readonly Load[] }) {
  const { t } = useTranslation("board");
  const most = Math.max(...load.map((row) => row.open.count));
  return (
    <Section title={t("load.title")} note={t("load.note")}>
      <Sheet
        label={t("load.title")}
        head={[
          { key: "who", label: t("load.who") },
          { key: "bar", label: t("load.title"), hidden: true },
          { key: "open", label: t("levels.open"), number: true },
          { key: "overdue", label: t("load.overdue"), number: true },
          { key: "week", label: t("load.week"), number: true },
        ]}
      >
        {load.map((row) => {
          const who = row.person?.name ?? t("load.nobody");
          const later = row.open.count - row.overdue.count - row.due_this_week.count;
          return (
            <tr key={row.person?.id ?? ""}>
              <td>{row.person ? <bdi>{who}</bdi> : <span className="quiet">{who}</span>}</td>
              <td className={classes.barCell}>
                <Bar
                  of={most}
                  parts={[
                    { key: "overdue", n: row.overdue.count, tone: "bad" },
                    { key: "week", n: row.due_this_week.count, tone: "warn" },
                    { key: "later", n: later, tone: "accent" },
                  ]}
                />
              </td>
              <Num>
                <FigureLink figure={row.open} label={`${who}, ${t("levels.open")}`} />
              </Num>
              <Num>
                <FigureLink figure={row.overdue} label={`${who}, ${t("load.overdue")}`} />
              </Num>
              <Num>
                <FigureLink figure={row.due_this_week} label={`${who}, ${t("load.week")}`} />
              </Num>
            </tr>
          );
        })}
      </Sheet>
    </Section>
  );
}
