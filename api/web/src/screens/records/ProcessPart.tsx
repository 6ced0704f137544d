// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { processQuery } from "~/api/recordparts";
import type { ClockView, Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import { ProcessPicture } from "./ProcessPicture";
import classes from "./RecordPage.module.css";
import { useWords } from "./words";

/** ProcessPart is the process as declared, with where the record stands in it, and the clocks that run. */
export function ProcessPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const process = useQuery(processQuery(record.id));
  if (process.isPending) return <RowSkeletons rows={8} height={72} />;
  if (!process.data) return <ProblemNote problem={process.error} onRetry={() => void process.refetch()} />;
  const { steps, clocks } = process.data;
  const side = steps.filter((step) => step.side && step.rounds.length > 0);
  return (
    <>
      {process.isError && <ProblemNote problem={process.error} onRetry={() => void process.refetch()} />}
      <ProcessPicture steps={[...steps.filter((step) => !step.side), ...side]} zone={record.site.zone} tasks={process.data.tasks} />
      {clocks.length > 0 && (
        <section className={classes.step}>
          <h2 className={classes.heading}>{t("process.clocks")}</h2>
          <ul className={classes.list}>
            {clocks.map((clock) => (
              <Clock key={`${clock.step}${clock.round}${clock.due_at}`} clock={clock} record={record} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Clock({ clock, record }: { clock: ClockView; record: RecordBody }) {
  const { t } = useTranslation(["records", "common"]);
  const words = useWords();
  const { zone } = record.site;
  return (
    <li className={classes.entry}>
      <div className={classes.entryHead}>
        <span className={classes.entryTitle}>
          <bdi>{clock.step ? words.step(record.type, clock.step) : t("process.whole")}</bdi>
          {clock.statutory && <span className="quiet"> · {t("process.statutory")}</span>}
        </span>
        <span className={classes.small}>
          {t("facts.due")} <DateTime at={clock.due_at} zone={zone} />
        </span>
      </div>
      <ul className={classes.small}>
        {clock.rungs.map((rung) => (
          <li key={rung.at + rung.do + (rung.role ?? "")}>
            {words.act(`clock.${rung.do}`)}
            {rung.role && <> ({t(`common:role.${rung.role}` as "common:role.admin", { defaultValue: rung.role })})</>}:{" "}
            <DateTime at={rung.fired_at ?? rung.at} zone={zone} /> · {t(rung.fired_at ? "process.fired" : "process.waits")}
          </li>
        ))}
      </ul>
    </li>
  );
}
