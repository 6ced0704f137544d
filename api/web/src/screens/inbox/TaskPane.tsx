// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { draftQuery, dropDraft } from "~/api/drafts";
import type { Attached } from "~/api/files";
import { useMe } from "~/api/me";
import { type Offered, type Task, taskQuery, useClaim, useComplete } from "~/api/tasks";
import type { FieldProblem } from "~/api/types.gen";
import type { Data, FormDefinition } from "~/forms/definition";
import { useTranslation } from "~/i18n/texts";
import { useShortcuts } from "~/shell/shortcuts";
import { ProblemNote } from "~/ui/problem";
import { useTakeFile } from "~/ui/takefile";
import { DateTime } from "~/ui/time";
import { DecisionBar } from "./DecisionBar";
import { DecisionDialog, type Typed } from "./DecisionDialog";
import { type Decided, verdictsOf } from "./decided";
import { FilesFact } from "./FilesFact";
import { RequestNote } from "./RequestNote";
import { StaleNote } from "./StaleNote";
import classes from "./Task.module.css";
import { TaskActions } from "./TaskActions";
import { TaskFacts } from "./TaskFacts";
import { type FormHandle, TaskForm } from "./TaskForm";
import { TaskHead } from "./TaskHead";

interface PaneProps {
  id: string;
  onBack: () => void;
  onDecided: (decided: Decided) => void;
}

/** TaskPane is one task, with all that a person needs to decide it. */
export default function TaskPane({ id, onBack, onDecided }: PaneProps) {
  const { t } = useTranslation(["task", "common"]);
  const task = useQuery(taskQuery(id));
  const back = (
    <Button
      className={classes.back}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconArrowLeft size={16} aria-hidden />}
      onClick={onBack}
    >
      {t("back")}
    </Button>
  );
  if (task.isError && !task.data) {
    return (
      <div className={classes.lone}>
        {back}
        <ProblemNote problem={task.error} onRetry={() => void task.refetch()} />
      </div>
    );
  }
  if (!task.data) return <PaneSkeleton />;
  return <TaskBody task={task.data.data} etag={task.data.etag} back={back} onDecided={onDecided} />;
}

function PaneSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack p="md" gap="md" role="status" aria-label={t("state.loading")}>
      <Skeleton height={20} width="50%" />
      <Skeleton height={12} width="70%" />
      <Skeleton height={32} width="40%" />
      <Skeleton height={240} />
    </Stack>
  );
}

interface BodyProps {
  task: Task;
  etag: string;
  back: React.ReactNode;
  onDecided: (decided: Decided) => void;
}

const noProblems: FieldProblem[] = []; // the same at every render

function TaskBody({ task, etag, back, onDecided }: BodyProps) {
  const { t } = useTranslation(["task", "common"]);
  const me = useMe();
  const claim = useClaim(task.id);
  const held = task.state === "open" && task.assignee?.id === me.id;
  const free = task.state === "open" && !task.assignee;
  const barred = task.why.some((why) => why.rule === "segregation");
  const offered = task.why.some((why) => why.rule === "candidate") && !barred;
  const [deciding, setDeciding] = useState<{ offered: Offered; data: Data | undefined }>();
  // What the person has seen: a decision is on this version and no other, also where the page has read a newer one since.
  const [seen, setSeen] = useState({ etag, version: task.record.version });
  const stale = seen.etag !== etag;
  const [refusal, setRefusal] = useState<FieldProblem[]>();
  // A version that he made himself, out of the one that he saw, is one that he has seen.
  const changed = ({ etag, version = 0 }: Attached) => setSeen({ etag, version });
  const takeFile = useTakeFile(task.record.id, seen.etag, changed);

  const names = useMemo(() => namesOf(task), [task]);
  const form = task.form as FormDefinition | undefined;
  const filled = useRef<FormHandle>(null);
  // Only who holds a task has a draft; where it cannot be read nothing is filled in, or it would be overwritten.
  const draft = useQuery({ ...draftQuery(task.id), enabled: held && form !== undefined });
  const ready = !held || !form || draft.data !== undefined;

  // What goes with a verdict stays as it was typed, whatever becomes of the dialog, until the task is decided or left.
  const [reasons, setReasons] = useState<{ [outcome: string]: Typed }>({});
  const complete = useComplete(task.id, seen.etag, {
    onRecorded: (receipt, { outcome }) => {
      dropDraft(task.id);
      onDecided({ task, receipt, outcome });
    },
  });

  const decide = (verdict: Offered) => {
    // A task that is given back needs no complete form: what there is stays a draft.
    if (verdict.leads === "back" || verdict.leads === "refused" || !form) {
      setDeciding({ offered: verdict, data: undefined });
      return;
    }
    const data = filled.current?.complete();
    if (data) setDeciding({ offered: verdict, data });
  };
  const { yes, no } = verdictsOf(task);
  const blocked = Boolean(task.signature) && !me.signing.ready;
  const decidable = held && ready && !stale && !blocked;
  useShortcuts([
    ...(decidable && yes ? [{ keys: "a", label: t("keys.approve"), run: () => decide(yes) }] : []),
    ...(decidable && no ? [{ keys: "r", label: t("keys.reject"), run: () => decide(no) }] : []),
    ...(free && offered ? [{ keys: "c", label: t("keys.claim"), run: () => void claim.run() }] : []),
  ]);
  const lost = claim.standing === "refused" && task.assignee && task.assignee.id !== me.id;

  return (
    <article className={classes.task}>
      <div className={classes.scroll}>
        <TaskHead task={task} back={back} />
        <TaskActions task={task} held={held} />
        <Stack gap="md" className={classes.body}>
          {task.state !== "open" && <ClosedNote task={task} />}
          {free && (
            <Alert variant="light" color="gray" icon={<IconLock />} title={t(offered ? "claimFirst" : "notOffered")}>
              {offered && (
                <Group gap="xs" mt={4}>
                  <Button loading={claim.busy} onClick={() => void claim.run()} aria-keyshortcuts="c">
                    {t("claim")}
                  </Button>
                </Group>
              )}
              {barred && <Text size="sm">{t("barred")}</Text>}
            </Alert>
          )}
          {task.state === "open" && task.assignee && !held && (
            <Alert variant="light" color="gray" icon={<IconLock />} title={t("heldBy", { name: task.assignee.name })}>
              {lost ? t("lostRace") : t("heldByText")}
            </Alert>
          )}
          {claim.standing === "unknown" && (
            <Text size="sm" c="dimmed" role="status">
              <Loader size={12} mr={8} aria-hidden />
              {t("common:state.unknown")}
            </Text>
          )}
          {claim.problem && !lost && !held && <ProblemNote problem={claim.problem} />}
          {stale && (
            <StaleNote
              record={task.record.id}
              seen={seen.version}
              now={task.record.version}
              onLooked={() => setSeen({ etag, version: task.record.version })}
            />
          )}
          <RequestNote task={task} />
          {!ready && draft.isError && <ProblemNote problem={draft.error} onRetry={() => void draft.refetch()} />}
          {!ready && !draft.isError && <Skeleton height={240} role="status" aria-label={t("common:state.loading")} />}
          {form && ready && (
            <TaskForm
              key={String(held)} // a task that was claimed begins with its draft
              task={task}
              form={form}
              held={held}
              draft={held ? draft.data : undefined}
              names={names}
              problems={refusal ?? noProblems}
              takeFile={takeFile}
              handle={filled}
            />
          )}
          <TaskFacts task={task} names={names} files={<FilesFact task={task} etag={held ? seen.etag : undefined} onChanged={changed} />} />
        </Stack>
      </div>
      {held && <DecisionBar task={task} blocked={blocked} disabled={!decidable} onDecide={decide} />}
      {deciding && (
        <DecisionDialog
          task={task}
          etag={seen.etag}
          seen={seen.version}
          offered={deciding.offered}
          data={deciding.data}
          complete={complete}
          typed={reasons[deciding.offered.name]}
          onTyped={(typed) => setReasons((all) => ({ ...all, [deciding.offered.name]: typed }))}
          onClose={(problems) => {
            complete.reset();
            setDeciding(undefined);
            setRefusal(problems);
          }}
          onLooked={(etag, version) => setSeen({ etag, version })}
        />
      )}
    </article>
  );
}

// The people that a task names: forms show them by their ids.
function namesOf(task: Task): { [id: string]: string } {
  const known = [task.assignee, task.owner, task.requester, task.record_owner, task.record_summary.reporter, task.record_summary.owner];
  return Object.fromEntries(known.flatMap((person) => (person ? [[person.id, person.name]] : [])));
}

function ClosedNote({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  return (
    <Alert variant="light" color="gray" title={t(task.state === "withdrawn" ? "withdrawn" : "decidedAlready")}>
      {task.completed_at && <DateTime at={task.completed_at} zone={task.site.zone} />}
    </Alert>
  );
}
