// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { versionsQuery } from "~/api/recordparts";
import { typesQuery } from "~/api/records";
import type { Record as RecordBody, StepStanding } from "~/api/types.gen";
import type { Data } from "~/forms/definition";
import { isObject } from "~/forms/value";
import { useTranslation } from "~/i18n/texts";
import { Empty, RowSkeletons } from "~/ui/page";
import { DateTime } from "~/ui/time";
import { Answers, RawAnswers } from "./Answers";
import { formersOf } from "./corrections";
import { useForms } from "./forms";
import classes from "./RecordPage.module.css";
import { useWords } from "./words";

/** stepsOf are the parts of a record's data in the order of its process; what the process does not know comes last. */
export function useParts(record: RecordBody): string[] {
  const types = useQuery(typesQuery).data;
  return useMemo(() => {
    const order = types?.find((type) => type.name === record.type)?.steps.map((step) => step.name) ?? [];
    const place = (step: string) => (order.includes(step) ? order.indexOf(step) : order.length);
    return Object.keys(record.data).sort((a, b) => place(a) - place(b));
  }, [types, record]);
}

/** DataPart is what every step gave, as its form asks it. A value that was changed shows what stood there before. */
export function DataPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const words = useWords();
  const steps = useParts(record);
  const { forms, pending } = useForms(record.type, steps);
  const versions = useQuery(versionsQuery(record.id)).data?.items;
  const formers = useMemo(() => formersOf(versions ?? []), [versions]);
  if (pending) return <RowSkeletons rows={8} />;
  if (steps.length === 0) return <Empty text={t("data.empty")} />;
  return steps.map((step) => {
    const form = forms[step];
    const data = record.data[step];
    const standing = record.steps.findLast((s) => s.step === step);
    return (
      <section key={step} className={classes.step} aria-label={words.step(record.type, step)}>
        <div className={classes.stepHead}>
          <h2 className={classes.stepTitle}>{words.step(record.type, step)}</h2>
          <Standing standing={standing} zone={record.site.zone} />
        </div>
        {form && isObject(data) ? (
          <Answers form={form} data={data as Data} formers={formers.get(step) ?? []} zone={record.site.zone} />
        ) : (
          <RawAnswers data={data} />
        )}
      </section>
    );
  });
}

function Standing({ standing, zone }: { standing: StepStanding | undefined; zone: string | undefined }) {
  const { t } = useTranslation("records");
  if (!standing) return null;
  return (
    <span className={classes.small}>
      {standing.round > 1 && <>{t("round", { n: standing.round })} · </>}
      {standing.done_at ? <DateTime at={standing.done_at} zone={zone} /> : t("standing.open")}
    </span>
  );
}
