// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { IconCheck, IconCircle, IconCircleDot } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, Suspense, useState } from "react";
import { formQuery } from "~/api/forms";
import { type AuditEvent, historyQuery, linksQuery, processQuery } from "~/api/recordparts";
import { typesQuery } from "~/api/records";
import { type Task, useTaskComment } from "~/api/tasks";
import type { Data } from "~/forms/definition";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { Person } from "~/ui/person";
import { ProblemNote } from "~/ui/problem";
import { StandingNote } from "~/ui/standing";
import { DateTime } from "~/ui/time";
import { Answers } from "./Answers";
import { Part } from "./Part";
import { Changes } from "./StaleNote";
import classes from "./Task.module.css";
import { humanize, useThen, useWords } from "./words";

type Names = { readonly [id: string]: string };

/** TaskFacts is what stands around a decision: why it is mine, what follows, the record, its process and its history. */
export function TaskFacts({ task, names, files }: { task: Task; names: Names; files: ReactNode }) {
  const { t } = useTranslation("task");
  return (
    <div className={classes.parts}>
      <Part title={t("why.title")} open={!task.form}>
        <Why task={task} />
      </Part>
      {task.state === "open" && (
        <Part title={t("next")} open={!task.form}>
          <Next task={task} />
        </Part>
      )}
      <Part title={t("record")} open={!task.form}>
        <RecordData task={task} names={names} />
      </Part>
      <Part title={t("process")}>
        <Process task={task} />
      </Part>
      {task.clock && (
        <Part title={t("clock")}>
          <Clock task={task} />
        </Part>
      )}
      {files}
      <Part title={t("related")}>
        <Suspense fallback={<Skeleton height={24} />}>
          <Related record={task.record.id} />
        </Suspense>
      </Part>
      <Part title={t("history")}>
        <History task={task} />
      </Part>
      <Part title={t("comments")} count={task.comments.length} open={task.comments.length > 0 || unsent.has(task.id)}>
        <Comments task={task} />
      </Part>
    </div>
  );
}

function Why({ task }: { task: Task }) {
  const { t } = useTranslation(["task", "common"]);
  return (
    <Stack gap={4}>
      {task.why.map((why) => (
        <Text size="sm" key={why.rule + why.text}>
          {t(`why.${why.rule}` as "why.assignee", {
            defaultValue: why.text,
            role: why.role && t(`common:role.${why.role}` as "common:role.admin", { defaultValue: why.role }),
            site: why.site?.name ?? t("why.allSites"),
            name: task.owner?.name,
          })}{" "}
          <span className="mono quiet">{why.rule}</span>
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {t("why.planned", { revision: task.policy_revision })} <span className="mono">{task.rule}</span>
      </Text>
      {task.signature && (
        <Text size="sm">
          <Meaning name={task.signature.meaning} />
        </Text>
      )}
    </Stack>
  );
}

function Meaning({ name }: { name: string }) {
  const { t } = useTranslation("task");
  const { word } = useWords();
  return <>{t("why.signature", { meaning: word("meaning", name) })}</>;
}

function Next({ task }: { task: Task }) {
  const { word } = useWords();
  const then = useThen();
  return (
    <dl className={classes.answers}>
      {task.outcomes.map((one) => (
        <div key={one.name}>
          <dt>{word("outcome", one.name)}</dt>
          <dd>{then(one)}</dd>
        </div>
      ))}
    </dl>
  );
}

function RecordData({ task, names }: { task: Task; names: Names }) {
  const { t } = useTranslation("task");
  const types = useQuery(typesQuery);
  if (types.isPending) return <Skeleton height={80} />;
  if (types.isError) return <ProblemNote problem={types.error} onRetry={() => void types.refetch()} />;
  const type = types.data.find((one) => one.name === task.record.type);
  const order = type?.steps.map((step) => step.name) ?? [];
  const sections = Object.entries(task.record_data)
    .filter(([name]) => name !== task.step)
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (sections.length === 0) return <Text size="sm">{t("nothingYet")}</Text>;
  return (
    <Stack gap="xs">
      {sections.map(([name, data], index) => (
        <details key={name} className={classes.section} open={!task.form || index === 0}>
          <summary>
            <bdi>{type?.steps.find((step) => step.name === name)?.title ?? humanize(name)}</bdi>
          </summary>
          <Section
            form={name === order[0] && type ? type.form : `${task.record.type}.${name}`}
            data={data as Data}
            zone={task.site.zone}
            names={names}
          />
        </details>
      ))}
      <Text size="xs" c="dimmed">
        {t("contentHash")} <Hash value={task.record_content_hash} short />
      </Text>
    </Stack>
  );
}

interface SectionProps {
  form: string;
  data: Data;
  zone: string | undefined;
  names: Names;
}

function Section({ form: id, ...rest }: SectionProps) {
  const form = useQuery(formQuery(id));
  if (form.isPending) return <Skeleton height={64} />;
  if (form.isError) return <ProblemNote problem={form.error} onRetry={() => void form.refetch()} />;
  return <Answers form={form.data} {...rest} />;
}

// Process is the main line of the process with the step where the record stands; the record's page has the whole picture.
function Process({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const process = useQuery(processQuery(task.record.id));
  if (process.isPending) return <Skeleton height={120} />;
  if (process.isError) return <ProblemNote problem={process.error} onRetry={() => void process.refetch()} />;
  const steps = process.data.steps.filter((step) => !step.side || step.rounds.length > 0);
  return (
    <ol className={classes.steps}>
      {steps.map((step) => {
        const Icon = step.standing === "done" ? IconCheck : step.standing === "open" ? IconCircleDot : IconCircle;
        return (
          <li key={step.name} data-standing={step.standing} aria-current={step.name === task.step ? "step" : undefined}>
            <Icon size={16} aria-hidden /> <bdi>{step.title}</bdi>{" "}
            <span className={classes.standing}>
              {t(`standing.${step.standing}`)}
              {step.rounds.length > 1 && ` · ${t("roundN", { n: step.rounds.length })}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Clock({ task }: { task: Task }) {
  const { t } = useTranslation(["task", "common"]);
  const { word } = useWords();
  const { clock, site } = task;
  if (!clock) return null;
  const rungs = [...clock.warnings, ...clock.ladder];
  return (
    <Stack gap="xs">
      <Text size="sm">{t("goal", { goal: clock.goal, calendar: clock.calendar })}</Text>
      {clock.statutory && <Text size="sm">{t("statutory")}</Text>}
      <dl className={classes.answers}>
        {rungs.map((rung) => (
          <div key={rung.at + rung.do}>
            <dt>
              {word("rung", rung.do)}
              {rung.role && ` · ${t(`common:role.${rung.role}` as "common:role.admin", { defaultValue: rung.role })}`}
            </dt>
            <dd>
              <DateTime at={rung.at} zone={site.zone} /> {rung.fired_at && <span className="quiet">{t("fired")}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Stack>
  );
}

function Related({ record }: { record: string }) {
  const { t } = useTranslation(["task", "records"]);
  const links = useQuery(linksQuery(record));
  if (links.isPending) return <Skeleton height={24} />;
  if (links.isError) return <ProblemNote problem={links.error} onRetry={() => void links.refetch()} />;
  if (links.data.items.length === 0) return <Text size="sm">{t("noLinks")}</Text>;
  return (
    <ul className={classes.plain}>
      {links.data.items.map((link) => (
        <li key={link.kind + link.record.id}>
          <span className="quiet">
            {t(`records:linkKind.${link.kind}` as "records:linkKind.causes", { defaultValue: humanize(link.kind) })}
          </span>{" "}
          <Link to={`/records/${link.record.id}` as "/records"}>
            <span className="mono">{link.record.number}</span> <bdi>{link.record.title}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function History({ task }: { task: Task }) {
  const { t } = useTranslation(["task", "common"]);
  const history = useInfiniteQuery(historyQuery(task.record.id, "-at"));
  if (history.isPending) return <Skeleton height={120} />;
  if (history.isError) return <ProblemNote problem={history.error} onRetry={() => void history.refetch()} />;
  const events = history.data.pages.flatMap((page) => page.items);
  return (
    <Stack gap="xs">
      <ol className={classes.history}>
        {events.map((event) => (
          <HistoryLine key={event.id} event={event} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button variant="default" size="xs" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("common:action.more")}
        </Button>
      )}
    </Stack>
  );
}

function HistoryLine({ event }: { event: AuditEvent }) {
  const { t } = useTranslation(["task", "common"]);
  const { word } = useWords();
  const { actor } = event;
  const who = { id: actor.id ?? "", name: actor.name ?? t("system") };
  return (
    <li data-outcome={event.outcome}>
      <div>
        <strong>{word("action", event.action)}</strong>
        {event.outcome === "refused" && <span className={classes.refused}> {t("refused")}</span>} ·{" "}
        <Person who={who} behalf={actor.on_behalf_of} />
        {event.rule && <span className="mono quiet"> {event.rule}</span>}
      </div>
      <div className="quiet">
        <DateTime at={event.at} zone={event.zone} />
      </div>
      {event.reason && (
        <div className={classes.said} dir="auto">
          {event.reason}
        </div>
      )}
      {event.changes.length > 0 && (
        <details>
          <summary>{t("changes", { count: event.changes.length })}</summary>
          <Changes changes={event.changes} />
        </details>
      )}
    </li>
  );
}

// Comments that were typed and not sent, by task: another task may be looked at meanwhile.
const unsent = new Map<string, string>();

function Comments({ task }: { task: Task }) {
  const { t } = useTranslation(["task", "common"]);
  const [text, setText] = useState(unsent.get(task.id) ?? "");
  const type = (text: string) => {
    setText(text);
    if (text) unsent.set(task.id, text);
    else unsent.delete(task.id);
  };
  const comment = useTaskComment(task.id, {
    onRecorded: (_, sent) => {
      if (unsent.get(task.id)?.trim() === sent) type(""); // else more was typed meanwhile
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) void comment.run(text.trim());
  };
  return (
    <Stack gap="sm">
      {task.comments.map((one) => (
        <div key={one.id}>
          <Text size="sm" className={classes.said} dir="auto">
            {one.text}
          </Text>
          <Text size="xs" c="dimmed">
            <Person who={one.author} /> · <DateTime at={one.at} zone={task.site.zone} />
          </Text>
        </div>
      ))}
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Textarea
            label={t("addComment")}
            autosize
            minRows={2}
            maxLength={10_000}
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
          />
          <StandingNote command={comment} />
          <Group justify="end">
            <Button type="submit" variant="default" size="xs" loading={comment.busy} disabled={text.trim() === ""}>
              {t("common:action.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}
