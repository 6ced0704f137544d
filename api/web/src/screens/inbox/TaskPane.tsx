// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, List, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Attached } from "~/api/files";
import { useMe } from "~/api/me";
import { draftQuery, type Offered, type Task, taskQuery, useClaim } from "~/api/tasks";
import type { FieldProblem } from "~/api/types.gen";
import type { Data, FormDefinition } from "~/forms/definition";
import { FormFields } from "~/forms/FormFields";
import { useFilling } from "~/forms/filling";
import { useTranslation } from "~/i18n/texts";
import { useShortcuts } from "~/shell/shortcuts";
import { ProblemNote } from "~/ui/problem";
import { useTakeFile } from "~/ui/takefile";
import { DateTime } from "~/ui/time";
import { DecisionBar } from "./DecisionBar";
import { DecisionDialog } from "./DecisionDialog";
import type { Decided } from "./decided";
import { FilesFact } from "./FilesFact";
import { RequestNote } from "./RequestNote";
import { StaleNote } from "./StaleNote";
import classes from "./Task.module.css";
import { TaskActions } from "./TaskActions";
import { TaskFacts } from "./TaskFacts";
import { TaskHead } from "./TaskHead";
import { useDraft } from "./useDraft";

interface PaneProps {
  id: string;
  onBack: () => void;
  onDecided: (decided: Decided) => void;
}

/** TaskPane is one task, with all that a person needs to decide it. */
export default function TaskPane({ id, onBack, onDecided }: PaneProps) {
  const { t } = useTranslation(["task", "common"]);
  const task = useQuery(taskQuery(id));
  const mine = task.data?.data.assignee?.id === useMe().id;
  const draft = useQuery({ ...draftQuery(id), enabled: mine }); // only who holds a task has one
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
  if (!task.data || (mine && draft.isPending)) return <PaneSkeleton />;
  return (
    <TaskBody
      key={String(mine)} // a task that was claimed begins with its draft
      task={task.data.data}
      etag={task.data.etag}
      draft={draft.data?.data}
      savedAt={draft.data?.saved_at}
      back={back}
      onDecided={onDecided}
    />
  );
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
  draft: Data | undefined;
  savedAt: string | undefined;
  back: React.ReactNode;
  onDecided: (decided: Decided) => void;
}

const nothing: FormDefinition = { id: "", version: 0, title: "", pages: [] };
const noProblems: FieldProblem[] = []; // the same at every render

function TaskBody({ task, etag, draft, savedAt, back, onDecided }: BodyProps) {
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

  const [initial] = useState(() => draft ?? (Object.keys(task.data).length > 0 ? (task.data as Data) : undefined));
  const { keep, drop, standing } = useDraft(task.id, savedAt);
  const form = (task.form as FormDefinition | undefined) ?? nothing;
  const definition = useRef(form);
  if (definition.current.id !== form.id || definition.current.version !== form.version) definition.current = form;
  const names = useMemo(() => namesOf(task), [task]);
  const filling = useFilling({
    form: definition.current,
    data: initial,
    readOnly: !held,
    zone: task.site.zone,
    names,
    problems: refusal ?? noProblems,
    onChange: held ? keep : undefined,
    takeFile: held ? takeFile : undefined,
  });

  // What was typed in the last moment goes with the page when it is left.
  const leaving = useRef<() => void>(() => undefined);
  leaving.current = () => {
    if (held && filling.dirty && !decidedAlready.current) keep(filling.draft());
  };
  const decidedAlready = useRef(false);
  useEffect(() => {
    const hide = () => document.visibilityState === "hidden" && leaving.current();
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      leaving.current();
    };
  }, []);

  const decide = (verdict: Offered) => {
    // A task that is given back needs no complete form: what there is stays a draft.
    if (verdict.leads === "back" || verdict.leads === "refused" || !task.form) {
      setDeciding({ offered: verdict, data: undefined });
      return;
    }
    const data = filling.complete();
    if (data) setDeciding({ offered: verdict, data });
  };
  const yes = task.outcomes.find((one) => one.leads !== "back" && one.leads !== "refused");
  const no = task.outcomes.find((one) => one.leads === "back" || one.leads === "refused");
  useShortcuts([
    ...(held && yes ? [{ keys: "a", label: t("keys.approve"), run: () => decide(yes) }] : []),
    ...(held && no ? [{ keys: "r", label: t("keys.reject"), run: () => decide(no) }] : []),
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
          {task.form && (
            <section aria-label={form.title} className={classes.form} data-locked={!held || undefined}>
              <FormFields filling={filling} />
            </section>
          )}
          {held && task.form && <DraftNote standing={standing} zone={task.site.zone} />}
          <TaskFacts task={task} names={names} files={<FilesFact task={task} etag={held ? seen.etag : undefined} onChanged={changed} />} />
        </Stack>
      </div>
      {held && <DecisionBar task={task} stale={stale} onDecide={decide} />}
      {deciding && (
        <DecisionDialog
          task={task}
          etag={seen.etag}
          seen={seen.version}
          offered={deciding.offered}
          data={deciding.data}
          onClose={(problems) => {
            setDeciding(undefined);
            setRefusal(problems);
          }}
          onLooked={(etag, version) => setSeen({ etag, version })}
          onDecided={(receipt) => {
            decidedAlready.current = true;
            drop();
            onDecided({ task, receipt, outcome: deciding.offered.name });
          }}
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

function DraftNote({ standing, zone }: { standing: ReturnType<typeof useDraft>["standing"]; zone: string | undefined }) {
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
