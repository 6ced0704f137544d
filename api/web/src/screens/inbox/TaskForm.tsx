// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, List, Text } from "@mantine/core";
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import type { DraftStanding } from "~/api/drafts";
import type { Task } from "~/api/tasks";
import type { Draft, FieldProblem } from "~/api/types.gen";
import type { Data, FormDefinition } from "~/forms/definition";
import { FormFields } from "~/forms/FormFields";
import { type TakeFile, useFilling } from "~/forms/filling";
import { useTranslation } from "~/i18n/texts";
import { DateTime } from "~/ui/time";
import classes from "./Task.module.css";
import { useDraft } from "./useDraft";

/** FormHandle is what a decision asks of the form. */
export interface FormHandle {
  /** The data as it would be sent, or undefined, with the first problem shown. */
  complete: () => Data | undefined;
}

interface TaskFormProps {
  task: Task;
  form: FormDefinition;
  /** It is filled in, not only read. */
  held: boolean;
  draft: Draft | null | undefined;
  names: { readonly [id: string]: string };
  problems: FieldProblem[];
  takeFile: TakeFile;
  handle: Ref<FormHandle>;
}

/** TaskForm is the form of a task, with its draft. It begins anew only with a new key. */
export function TaskForm({ task, form, held, draft, names, problems, takeFile, handle }: TaskFormProps) {
  const [initial] = useState(() => (draft?.data ?? (Object.keys(task.data).length > 0 ? task.data : undefined)) as Data | undefined);
  const { keep, standing } = useDraft(task.id, draft?.saved_at);
  const definition = useRef(form);
  if (definition.current.id !== form.id || definition.current.version !== form.version) definition.current = form;
  const filling = useFilling({
    form: definition.current,
    data: initial,
    readOnly: !held,
    zone: task.site.zone,
    names,
    problems,
    onChange: held ? keep : undefined,
    takeFile: held ? takeFile : undefined,
  });
  useImperativeHandle(handle, () => ({ complete: filling.complete }), [filling.complete]);

  // What was typed in the last moment goes with the page when it is left.
  const leaving = useRef<(page: boolean) => void>(() => undefined);
  leaving.current = (page) => {
    if (held && filling.dirty) keep(filling.draft(), page);
  };
  useEffect(() => {
    const hide = () => document.visibilityState === "hidden" && leaving.current(true);
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      leaving.current(false);
    };
  }, []);

  return (
    <>
      <section aria-label={form.title} className={classes.form} data-locked={!held || undefined}>
        <FormFields filling={filling} />
      </section>
      {held && <DraftNote standing={standing} zone={task.site.zone} />}
    </>
  );
}

function DraftNote({ standing, zone }: { standing: DraftStanding; zone: string | undefined }) {
  const { t } = useTranslation("task");
  if (standing.state === "failed") {
    return (
      <Alert color="yellow" variant="outline" title={t("draft.failed")}>
        {standing.problem.detail}
        {standing.problem.reasons.length > 0 && (
          <List size="sm">
            {standing.problem.reasons.map((reason) => (
              <List.Item key={reason.rule}>
                <bdi>{reason.text}</bdi>
              </List.Item>
            ))}
          </List>
        )}
      </Alert>
    );
  }
  return (
    <Text size="xs" c="dimmed" role="status">
      {standing.state === "saved" ? (
        <>
          {t("draft.saved")} <DateTime at={standing.at} zone={zone} />
        </>
      ) : (
        t(`draft.${standing.state}`)
      )}
    </Text>
  );
}
