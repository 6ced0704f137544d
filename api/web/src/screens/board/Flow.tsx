// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Board } from "~/api/board";
import { useTranslation } from "~/i18n/texts";
import { Duration } from "~/ui/duration";
import { Empty } from "~/ui/page";
import { Num, Sheet } from "~/ui/sheet";
import { Bar } from "./Bars";
import classes from "./board.module.css";
import { FigureLink } from "./FigureLink";
import { Percent } from "./Percent";
import { Section } from "./Section";
import { share } from "./search";

/** Flow is what was decided in the period: how long it waited, how long it was worked on, what came back and what got more time. */
export function Flow({ board }: { board: Board }) {
  const { t } = useTranslation("board");
  const longest = Math.max(1, ...board.flow.map((row) => row.waiting.median_seconds + row.touch.median_seconds));
  return (
    <>
      <Section
        title={t("flow.title")}
        note={t("flow.note")}
        end={
          <ul className={classes.legend} aria-hidden="true">
            <li>
              <span className={classes.swatch} data-tone="quiet" /> {t("flow.waiting")}
            </li>
            <li>
              <span className={classes.swatch} data-tone="accent" /> {t("flow.touch")}
            </li>
          </ul>
        }
      >
        {board.flow.length === 0 ? (
          <Empty inline text={t("flow.empty")} />
        ) : (
          <Sheet
            label={t("flow.title")}
            head={[
              { key: "step", label: t("step") },
              { key: "bar", label: t("flow.title"), hidden: true },
              { key: "waiting", label: t("flow.waitingMedian"), number: true },
              { key: "waiting90", label: t("flow.waiting90"), number: true },
              { key: "touch", label: t("flow.touchMedian"), number: true },
              { key: "touch90", label: t("flow.touch90"), number: true },
              { key: "decided", label: t("flow.decided"), number: true },
              { key: "returned", label: t("flow.returned"), number: true },
              { key: "rate", label: t("flow.rate"), number: true },
            ]}
          >
            {board.flow.map((row) => (
              <tr key={row.type + row.step}>
                <td dir="auto">{row.title}</td>
                <td className={classes.barCell}>
                  <Bar
                    of={longest}
                    parts={[
                      { key: "waiting", n: row.waiting.median_seconds, tone: "quiet" },
                      { key: "touch", n: row.touch.median_seconds, tone: "accent" },
                    ]}
                  />
                </td>
                {[row.waiting.median_seconds, row.waiting.p90_seconds, row.touch.median_seconds, row.touch.p90_seconds].map(
                  (seconds, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: always the same four
                    <Num key={i}>
                      <Duration seconds={seconds} style="short" />
                    </Num>
                  ),
                )}
                <Num>
                  <FigureLink figure={row.decided} label={`${row.title}, ${t("flow.decided")}`} />
                </Num>
                <Num>
                  <FigureLink figure={row.returned} label={`${row.title}, ${t("flow.returned")}`} />
                </Num>
                <Num>
                  <Percent value={share(row.returned.count, row.decided.count)} />
                </Num>
              </tr>
            ))}
          </Sheet>
        )}
      </Section>
      <Extensions board={board} />
    </>
  );
}

function Extensions({ board: { extensions } }: { board: Board }) {
  const { t } = useTranslation("board");
  return (
    <Section title={t("extensions.title")} note={t("extensions.note")}>
      {extensions.requested.count === 0 ? (
        <Empty inline text={t("extensions.empty")} />
      ) : (
        <Sheet
          label={t("extensions.title")}
          head={[
            { key: "step", label: t("extensions.during") },
            { key: "requested", label: t("extensions.requested"), number: true },
            { key: "approved", label: t("extensions.approved"), number: true },
          ]}
        >
          {[...extensions.steps, { ...extensions, type: "", step: "", title: t("total") }].map((row) => (
            <tr key={row.type + row.step}>
              <td dir="auto">{row.title}</td>
              <Num>
                <FigureLink figure={row.requested} label={`${row.title}, ${t("extensions.requested")}`} />
              </Num>
              <Num>
                <FigureLink figure={row.approved} label={`${row.title}, ${t("extensions.approved")}`} />
              </Num>
            </tr>
          ))}
        </Sheet>
      )}
    </Section>
  );
}
