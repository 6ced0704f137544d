// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Badge, Button, Group, List, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { type AuditEvent, checkpointQuery, type EventQuery, eventsQuery, proofQuery, useVerify, type VerifyReport } from "~/api/audit";
import { holds, useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { CommandNote } from "~/ui/commanddialog";
import { Hash } from "~/ui/hash";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { PersonPicker } from "~/ui/personpicker";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import classes from "./admin.module.css";
import { Part } from "./Part";
import { RecordPicker } from "./RecordPicker";

const route = getRouteApi("/admin/audit");

/** AuditPage is the audit trail: search, proof, and the verification of the whole log. */
export function AuditPage() {
  const { t } = useTranslation("admin");
  const me = useMe();
  const reads = holds(me, "qa_approver", "quality_head", "inspector", "manager");
  const verifies = holds(me, "admin", "qa_approver", "quality_head", "inspector");
  return (
    <Page title={t("place.audit")}>
      <Stack gap="lg">
        {(reads || verifies) && <Integrity reads={reads} verifies={verifies} />}
        {reads ? <Trail /> : <Empty text={t("audit.notYours")} />}
      </Stack>
    </Page>
  );
}

function Integrity({ reads, verifies }: { reads: boolean; verifies: boolean }) {
  const { t } = useTranslation("admin");
  const head = useQuery({ ...checkpointQuery, enabled: reads }).data;
  const verify = useVerify();
  return (
    <Part
      title={t("audit.integrity")}
      end={
        verifies && (
          <Button size="xs" loading={verify.busy} onClick={() => void verify.run({ checkpoint: head?.note })}>
            {t("audit.verify")}
          </Button>
        )
      }
    >
      <div className={classes.box}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t("audit.integrityText")}
          </Text>
          {head && (
            <dl className={classes.facts}>
              <dt>{t("audit.size")}</dt>
              <dd>{head.size}</dd>
              <dt>{t("audit.root")}</dt>
              <dd>
                <Hash value={head.root} />
              </dd>
              <dt>{t("audit.sealed")}</dt>
              <dd>
                <DateTime at={head.at} />
              </dd>
            </dl>
          )}
          {verify.data ? <Report report={verify.data} /> : <CommandNote command={verify} />}
        </Stack>
      </div>
    </Part>
  );
}

function Report({ report }: { report: VerifyReport }) {
  const { t } = useTranslation("admin");
  const { counts } = report;
  return (
    <Alert
      role="status"
      variant="outline"
      color={report.ok ? "green" : "red"}
      icon={report.ok ? <IconCheck /> : <IconAlertTriangle />}
      title={t(report.ok ? "audit.ok" : "audit.broken")}
    >
      <Stack gap="xs">
        <Text size="sm">
          <DateTime at={report.at} /> · {t("audit.took", { seconds: report.seconds.toFixed(1) })} ·{" "}
          {t("audit.counted", {
            events: counts.events,
            signatures: counts.signatures,
            versions: counts.versions,
            decisions: counts.decisions,
          })}
        </Text>
        {report.findings.length > 0 && (
          <List size="sm">
            {report.findings.map((finding) => (
              <List.Item key={finding.code + finding.where}>
                <span className="mono">{finding.code}</span> {finding.where}: {finding.message}
              </List.Item>
            ))}
          </List>
        )}
        {report.not_checked.length > 0 && (
          <div>
            <Text size="sm" fw={500}>
              {t("audit.notChecked")}
            </Text>
            <List size="sm">
              {report.not_checked.map((left) => (
                <List.Item key={left.what}>
                  {left.what}: {left.why} {left.how}
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Alert>
  );
}

// Days of an address become instants at midnight of this device; the last day counts to its end.
const dayStart = (day: string | undefined, later = 0): string | undefined => {
  if (!day || !/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const [y = 0, m = 1, d = 1] = day.split("-").map(Number);
  return new Date(y, m - 1, d + later).toISOString();
};

function Trail() {
  const { t } = useTranslation(["admin", "common"]);
  const search = route.useSearch();
  const list = useInfiniteQuery(eventsQuery({ ...search, from: dayStart(search.from), to: dayStart(search.to, 1) } as EventQuery));
  const events = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Part title={t("audit.trail")}>
      <Filters />
      {list.isPending && <RowSkeletons />}
      {list.isError && <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && events.length === 0 && <Empty text={t("audit.empty")} />}
      {events.length > 0 && <Events events={events} />}
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("common:action.more")}
        </Button>
      )}
    </Part>
  );
}

function Filters() {
  const { t } = useTranslation("admin");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const action = useDebouncedCallback((value: string) => set({ action: value || undefined }), 300);
  const refused = search.outcome === "refused";
  return (
    <Group gap="xs" align="end" role="search" aria-label={t("audit.trail")}>
      <Button
        size="xs"
        variant={refused ? "filled" : "default"}
        aria-pressed={refused}
        onClick={() => set({ outcome: refused ? undefined : "refused" })}
      >
        {t("audit.refusedOnly")}
      </Button>
      <PersonPicker size="xs" label={t("audit.who")} value={search.actor ?? ""} onChange={(id) => set({ actor: id || undefined })} />
      <RecordPicker label={t("audit.record")} value={search.record ?? ""} onChange={(id) => set({ record: id || undefined })} />
      <TextInput
        size="xs"
        label={t("audit.action")}
        placeholder="task.complete"
        defaultValue={search.action ?? ""}
        onChange={(e) => action(e.currentTarget.value.trim())}
      />
      <NativeSelect
        size="xs"
        label={t("audit.outcome")}
        value={search.outcome ?? ""}
        onChange={(e) => set({ outcome: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("all") }, ...(["done", "refused"] as const).map((value) => ({ value, label: t(`outcome.${value}`) }))]}
      />
      <TextInput
        size="xs"
        type="date"
        label={t("audit.from")}
        value={search.from ?? ""}
        onChange={(e) => set({ from: e.currentTarget.value || undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        label={t("audit.to")}
        value={search.to ?? ""}
        onChange={(e) => set({ to: e.currentTarget.value || undefined })}
      />
    </Group>
  );
}

function Events({ events }: { events: readonly AuditEvent[] }) {
  const { t } = useTranslation("admin");
  const [open, setOpen] = useState<string>();
  return (
    <Sheet
      label={t("audit.trail")}
      head={[
        { key: "at", label: t("audit.at") },
        { key: "who", label: t("audit.who") },
        { key: "action", label: t("audit.action") },
        { key: "record", label: t("audit.record") },
        { key: "outcome", label: t("audit.outcome") },
        { key: "more", label: t("audit.details"), hidden: true },
      ]}
    >
      {events.map((event) => (
        <Fragment key={event.id}>
          <tr>
            <td>
              <DateTime at={event.at} zone={event.zone} />
            </td>
            <td>
              <bdi>{event.actor.name ?? t(`actor.${event.actor.kind}`)}</bdi>
              {event.actor.on_behalf_of && <div className="quiet">{t("audit.for", { name: event.actor.on_behalf_of.name })}</div>}
            </td>
            <td>
              <span className="mono">{event.action}</span>
              {event.reason && (
                <div className="quiet" dir="auto">
                  {event.reason}
                </div>
              )}
            </td>
            <td className="mono">{event.record_number}</td>
            <td>{event.outcome === "done" ? t("outcome.done") : <Badge color="red">{t("outcome.refused")}</Badge>}</td>
            <td>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-expanded={open === event.id}
                onClick={() => setOpen(open === event.id ? undefined : event.id)}
              >
                {t("audit.details")}
              </Button>
            </td>
          </tr>
          {open === event.id && (
            <tr>
              <td colSpan={6}>
                <Details event={event} />
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </Sheet>
  );
}

const value = (given: unknown) => (typeof given === "string" ? given : JSON.stringify(given));

function Details({ event }: { event: AuditEvent }) {
  const { t } = useTranslation(["admin", "common"]);
  const [proving, setProving] = useState(false);
  const proof = useQuery({ ...proofQuery(event.id), enabled: proving });
  return (
    <Stack gap="sm">
      {event.changes.length > 0 && (
        <ul className={classes.changes}>
          {event.changes.map((change) => (
            <li key={change.field}>
              <span className="mono">{change.field}</span>: {change.old !== null && <s>{value(change.old)}</s>}{" "}
              {change.new !== null && value(change.new)}
            </li>
          ))}
        </ul>
      )}
      <dl className={classes.facts}>
        {event.rule && (
          <>
            <dt>{t("audit.rule")}</dt>
            <dd>
              <span className="mono">{event.rule}</span> {event.reasons?.join(" ")}
            </dd>
          </>
        )}
        <dt>{t("audit.source")}</dt>
        <dd>{event.source}</dd>
        <dt>{t("audit.leaf")}</dt>
        <dd>
          {event.leaf_index ?? t("audit.unsealed")} · <Hash value={event.leaf_sha256} />
        </dd>
        {proof.data && (
          <>
            <dt>{t("audit.path")}</dt>
            <dd>
              <pre className={classes.raw}>{proof.data.path.join("\n") || "–"}</pre>
            </dd>
            {proof.data.checkpoint && (
              <>
                <dt>{t("audit.note")}</dt>
                <dd>
                  <pre className={classes.raw}>{proof.data.checkpoint.note}</pre>
                </dd>
              </>
            )}
          </>
        )}
      </dl>
      {proof.isError && <ProblemNote problem={proof.error} onRetry={() => void proof.refetch()} />}
      {!proof.data && event.leaf_index !== undefined && (
        <div>
          <Button size="xs" variant="default" loading={proof.isFetching} onClick={() => setProving(true)}>
            {t("audit.prove")}
          </Button>
        </div>
      )}
    </Stack>
  );
}
