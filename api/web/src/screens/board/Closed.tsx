// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { SegmentedControl, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { Board, Closure, Figure } from "~/api/board";
import { useTranslation } from "~/i18n/texts";
import { Duration } from "~/ui/duration";
import { instantText } from "~/ui/instant";
import { Empty } from "~/ui/page";
import { Num, Sheet } from "~/ui/sheet";
import { Bar } from "./Bars";
import classes from "./board.module.css";
import { FigureLink } from "./FigureLink";
import { Percent } from "./Percent";
import { Section, Tile } from "./Section";
import { type Grouping, groupings, share } from "./search";

const route = getRouteApi("/board");

/** Closed is what was closed in the period, and what came back on the way. */
export function Closed({ board }: { board: Board }) {
  const { t, i18n } = useTranslation("board");
  const { by = "class" } = route.useSearch();
  const navigate = route.useNavigate();
  const { all } = board.closed;
  const period = t("closed.period", {
    from: instantText(board.from, undefined, i18n.language),
    to: instantText(board.to, undefined, i18n.language),
  });
  return (
    <Section
      title={t("closed.title")}
      note={period}
      end={
        <SegmentedControl
          size="xs"
          aria-label={t("closed.by")}
          value={by}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, by: next as Grouping }), replace: true, resetScroll: false })}
          data={groupings.map((value) => ({ value, label: t(`by.${value}`) }))}
        />
      }
    >
      {all.closed.count === 0 ? (
        <Empty inline text={t("closed.empty")} />
      ) : (
        <Stack gap="xs">
          <ClosedTiles all={all} />
          <ClosedTable rows={board.closed[by]} by={by} />
        </Stack>
      )}
      {by !== "class" && board.returns[by].length > 0 && <ReturnsTable board={board} by={by} />}
    </Section>
  );
}

function ClosedTiles({ all }: { all: Closure }) {
  const { t } = useTranslation("board");
  const part = (figure: Figure, label: string) => (
    <FigureLink figure={figure} label={label}>
      <Percent value={share(figure.count, all.closed.count)} />
    </FigureLink>
  );
  return (
    <div className={classes.tiles}>
      <Tile label={t("closed.closed")}>
        <FigureLink figure={all.closed} label={t("closed.closed")} />
      </Tile>
      <Tile label={t("closed.onTime")} note={t("closed.onTimeNote")}>
        {part(all.on_time, t("closed.onTime"))}
      </Tile>
      <Tile label={t("closed.original")} note={t("closed.originalNote")}>
        {part(all.on_time_original, t("closed.original"))}
      </Tile>
      <Tile label={t("closed.median")} note={t("closed.medianNote")}>
        <Duration seconds={all.cycle_median_seconds} style="short" />
      </Tile>
      <Tile label={t("closed.p90")} note={t("closed.p90Note")}>
        <Duration seconds={all.cycle_p90_seconds} style="short" />
      </Tile>
      <Tile label={t("closed.repeats")} note={t("closed.repeatsNote")}>
        {part(all.repeats, t("closed.repeats"))}
      </Tile>
      <Tile label={t("closed.human")} note={t("closed.humanNote")}>
        {part(all.human_errors, t("closed.human"))}
      </Tile>
    </div>
  );
}

function ClosedTable({ rows, by }: { rows: readonly Closure[]; by: Grouping }) {
  const { t } = useTranslation("board");
  const slowest = Math.max(1, ...rows.map((row) => row.cycle_p90_seconds));
  const name = (row: Closure) => {
    if (row.key === "") return t("none");
    return by === "class" && (row.key === "minor" || row.key === "major" || row.key === "critical") ? t(`class.${row.key}`) : row.name;
  };
  return (
    <Sheet
      label={t("closed.title")}
      head={[
        { key: "name", label: t(`by.${by}`) },
        { key: "closed", label: t("closed.closed"), number: true },
        { key: "onTime", label: t("closed.onTime"), number: true },
        { key: "original", label: t("closed.original"), number: true },
        { key: "bar", label: t("closed.cycle"), hidden: true },
        { key: "median", label: t("closed.median"), number: true },
        { key: "p90", label: t("closed.p90"), number: true },
        { key: "repeats", label: t("closed.repeats"), number: true },
        { key: "human", label: t("closed.human"), number: true },
      ]}
    >
      {rows.map((row) => {
        const part = (figure: Figure, label: string) => (
          <Num>
            <FigureLink figure={figure} label={`${name(row)}, ${label}`}>
              {figure.count} · <Percent value={share(figure.count, row.closed.count)} />
            </FigureLink>
          </Num>
        );
        return (
          <tr key={row.key}>
            <td dir="auto">{name(row)}</td>
            <Num>
              <FigureLink figure={row.closed} label={`${name(row)}, ${t("closed.closed")}`} />
            </Num>
            {part(row.on_time, t("closed.onTime"))}
            {part(row.on_time_original, t("closed.original"))}
            <td className={classes.barCell}>
              <Bar
                of={slowest}
                parts={[
                  { key: "median", n: row.cycle_median_seconds, tone: "accent" },
                  { key: "p90", n: row.cycle_p90_seconds - row.cycle_median_seconds, tone: "quiet" },
                ]}
              />
            </td>
            <Num>
              <Duration seconds={row.cycle_median_seconds} style="short" />
            </Num>
            <Num>
              <Duration seconds={row.cycle_p90_seconds} style="short" />
            </Num>
            {part(row.repeats, t("closed.repeats"))}
            {part(row.human_errors, t("closed.human"))}
          </tr>
        );
      })}
    </Sheet>
  );
}

function ReturnsTable({ board, by }: { board: Board; by: Exclude<Grouping, "class"> }) {
  const { t } = useTranslation("board");
  return (
    <Stack gap={4} mt="md">
      <span className="quiet">{t("returns.title")}</span>
      <Sheet
        label={t("returns.title")}
        head={[
          { key: "name", label: t(`by.${by}`) },
          { key: "step", label: t("step") },
          { key: "decided", label: t("flow.decided"), number: true },
          { key: "returned", label: t("flow.returned"), number: true },
          { key: "rate", label: t("flow.rate"), number: true },
        ]}
      >
        {board.returns[by].map((row) => (
          <tr key={row.key + row.type + row.step}>
            <td dir="auto">{row.key === "" ? t("none") : row.name}</td>
            <td dir="auto">{row.title}</td>
            <Num>
              <FigureLink figure={row.decided} label={`${row.name}, ${row.title}, ${t("flow.decided")}`} />
            </Num>
            <Num>
              <FigureLink figure={row.returned} label={`${row.name}, ${row.title}, ${t("flow.returned")}`} />
            </Num>
            <Num>
              <Percent value={share(row.returned.count, row.decided.count)} />
            </Num>
          </tr>
        ))}
      </Sheet>
    </Stack>
  );
}
