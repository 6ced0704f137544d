// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Command } from "~/api/command";
import { type IntentResult, type Offered, type Receipt, type Task, taskQuery, useSigning, type Verdict } from "~/api/tasks";
import type { CompleteInputBody, FieldProblem } from "~/api/types.gen";
import type { Data } from "~/forms/definition";
import { useTranslation } from "~/i18n/texts";
import { StandingNote } from "~/ui/standing";
import { SignatureSheet } from "./SignatureSheet";
import { StaleNote } from "./StaleNote";
import classes from "./Task.module.css";
import { useThen, useWords } from "./words";

/** Typed is what goes with a verdict, as it stands in the dialog. */
export interface Typed {
  comment: string;
  /** Name of the step that it goes back to. */
  to: string | null;
}

interface DecisionDialogProps {
  task: Task;
  /** ETag and number of the version that was seen. */
  etag: string;
  seen: number;
  offered: Offered;
  data: Data | undefined;
  complete: Command<CompleteInputBody, Receipt>;
  typed: Typed | undefined;
  onTyped: (typed: Typed) => void;
  /** With what the server found wrong in the form. */
  onClose: (problems?: FieldProblem[]) => void;
  onLooked: (etag: string, version: number) => void;
}

/** DecisionDialog takes a verdict: its reason, and then the signature where the task asks for one. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { task, etag, seen, offered, data, complete, typed, onTyped, onClose, onLooked } = props;
  const { t } = useTranslation(["task", "common"]);
  const { word } = useWords();
  const client = useQueryClient();
  const [sheet, setSheet] = useState<{ verdict: Verdict; intent: IntentResult }>();
  const signing = useSigning(task.id, etag);
  const busy = signing.busy || complete.busy;
  const problem = complete.problem ?? signing.problem;
  const inForm = problem?.errors.filter((error) => error.path.startsWith("data")) ?? [];

  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const close = () => {
    if (!busy) onClose(inForm.length > 0 ? inForm : undefined);
  };
  // Who has looked at the difference decides again, on the version that he has seen now and on no later one.
  const again = async (looked: number | undefined) => {
    const now = await client.fetchQuery({ ...taskQuery(task.id), staleTime: 0 });
    if (now.data.record.version === looked) onLooked(now.etag, looked);
    onClose();
  };
  const give = async (verdict: Verdict) => {
    if (!task.signature) {
      await complete.run(verdict);
      return;
    }
    const intent = await signing.run(verdict);
    if (intent) setSheet({ verdict, intent });
  };

  if (problem?.status === 412) {
    return (
      <Modal
        opened
        onClose={() => onClose()}
        title={t("stale.title")}
        size="lg"
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        <StaleNote record={task.record.id} seen={seen} onLooked={(looked) => void again(looked)} />
      </Modal>
    );
  }
  return (
    <Modal
      opened
      onClose={close}
      size={sheet ? 880 : "md"}
      fullScreen={narrow && sheet !== undefined}
      title={sheet ? t("sheetTitle") : word("outcome", offered.name)}
      closeButtonProps={{ "aria-label": t("common:action.close"), disabled: busy }}
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
      classNames={sheet ? { content: classes.sheetFrame, body: classes.flush } : undefined}
    >
      {sheet ? (
        <SignatureSheet
          task={task}
          sheet={sheet.intent}
          complete={complete}
          onSign={(given) => void complete.run({ ...sheet.verdict, signature: { intent: sheet.intent.intent, ...given } })}
          onBack={() => {
            complete.reset();
            setSheet(undefined);
          }}
        />
      ) : (
        <VerdictForm
          task={task}
          offered={offered}
          data={data}
          typed={typed ?? blankFor(offered)}
          onTyped={onTyped}
          busy={busy}
          unknown={signing.standing === "unknown" || complete.standing === "unknown"}
          note={
            <>
              {problem && inForm.length > 0 && (
                <Button variant="default" size="xs" onClick={close}>
                  {t("toForm")}
                </Button>
              )}
              {task.signature ? signing.standing !== "recorded" && <StandingNote command={signing} /> : <StandingNote command={complete} />}
            </>
          }
          onVerdict={(verdict) => void give(verdict)}
          onClose={close}
        />
      )}
    </Modal>
  );
}

function blankFor({ return_to: steps = [] }: Offered): Typed {
  return { comment: "", to: steps.length === 1 ? (steps[0]?.name ?? null) : null };
}

interface VerdictFormProps {
  task: Task;
  offered: Offered;
  data: Data | undefined;
  typed: Typed;
  onTyped: (typed: Typed) => void;
  busy: boolean;
  /** It is not known what became of it: the same verdict is sent again, and no other. */
  unknown: boolean;
  note: React.ReactNode;
  onVerdict: (verdict: Verdict) => void;
  onClose: () => void;
}

// VerdictForm asks what goes with a verdict: why, and where to, and says what happens next.
function VerdictForm({ task, offered, data, typed, onTyped, busy, unknown, note, onVerdict, onClose }: VerdictFormProps) {
  const { t } = useTranslation(["task", "signing", "common"]);
  const { word } = useWords();
  const then = useThen();
  const steps = offered.return_to ?? [];
  const { comment, to } = typed;
  const [asked, setAsked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // Who comes back from the signature is where he was.
  useEffect(() => form.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus(), []);
  const noReason = offered.needs_reason && comment.trim() === "";
  const noStep = steps.length > 0 && !to;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (noReason || noStep) return;
    onVerdict({
      outcome: offered.name,
      ...(comment.trim() ? { comment: comment.trim() } : {}),
      ...(to ? { return_to: to } : {}),
      ...(data ? { data } : {}),
    });
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm">
          <span className="mono">{task.record.number}</span> <bdi>{task.record.title}</bdi>
        </Text>
        <div>
          <Text size="xs" c="dimmed">
            {t("next")}
          </Text>
          <Text size="sm">{then(offered)}</Text>
        </div>
        {steps.length > 0 && (
          <Select
            label={t("returnTo")}
            required
            data-autofocus
            allowDeselect={false}
            data={steps.map((step) => ({ value: step.name, label: step.title }))}
            value={to}
            onChange={(to) => onTyped({ ...typed, to })}
            readOnly={busy || unknown}
            error={asked && noStep ? t("returnToRequired") : undefined}
          />
        )}
        <Textarea
          label={offered.needs_reason ? t("common:reason.label") : t("comment")}
          description={task.signature ? t("commentSigned") : undefined}
          required={offered.needs_reason}
          data-autofocus={steps.length === 0 || undefined}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={10_000}
          value={comment}
          error={asked && noReason ? t("common:reason.required") : undefined}
          onChange={(event) => onTyped({ ...typed, comment: event.currentTarget.value })}
          readOnly={busy || unknown}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
        {note}
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {unknown && !busy ? t("signing:ask") : task.signature ? t("toSignature") : word("outcome", offered.name)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
