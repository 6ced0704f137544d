// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, SegmentedControl, Switch } from "@mantine/core";
import { IconBan, IconSignature } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditEvent, historyQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { Empty, RowSkeletons } from "~/ui/page";
import { Person } from "~/ui/person";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import { Changes } from "./Changes";
import classes from "./RecordPage.module.css";
import { useWords } from "./words";

/** HistoryPart is the record's audit trail: who did or tried what, when, why, and which rule let him or did not. */
export function HistoryPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation(["records", "common"]);
  const [sort, setSort] = useState<"at" | "-at">("-at");
  const [people, setPeople] = useState(false);
  const history = useInfiniteQuery(historyQuery(record.id, sort));
  if (history.isPending) return <RowSkeletons rows={8} />;
  if (!history.data) return <ProblemNote problem={history.error} onRetry={() => void history.refetch()} />;
  const events = history.data.pages.flatMap((page) => page.items).filter((event) => !people || event.actor.kind !== "system");
  return (
    <>
      {history.isError && <ProblemNote problem={history.error} onRetry={() => void history.refetch()} />}
      <div className={classes.toolbar}>
        <Switch label={t("history.people")} checked={people} onChange={(event) => setPeople(event.currentTarget.checked)} />
        <SegmentedControl
          size="xs"
          aria-label={t("history.order")}
          value={sort}
          onChange={(next) => setSort(next as "at" | "-at")}
          data={[
            { value: "-at", label: t("history.newest") },
            { value: "at", label: t("history.oldest") },
          ]}
        />
      </div>
      {events.length === 0 && <Empty text={t("history.empty")} />}
      <ol className={classes.list}>
        {events.map((event) => (
          <Event key={event.id} event={event} record={record} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button variant="default" mt="md" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("common:action.more")}
        </Button>
      )}
    </>
  );
}

function Event({ event, record }: { event: AuditEvent; record: RecordBody }) {
  const { t, i18n } = useTranslation(["records", "common"]);
  const words = useWords();
  const { actor } = event;
  const refused = event.outcome === "refused";
  const moved = event.from_state !== event.to_state && event.to_state;
  const state = event.to_state ?? event.from_state;
  return (
    <li className={classes.entry} data-refused={refused || undefined}>
      <div className={classes.entryHead}>
        <span className={`${classes.entryTitle} ${classes.mark}`}>
          {refused && <IconBan size={16} aria-hidden />}
          {event.signature && <IconSignature size={16} aria-label={t("history.signed")} />}
          {refused ? t("history.refused", { act: words.act(event.action) }) : words.act(event.action)}
        </span>
        <span className={classes.small}>
          <DateTime at={event.at} zone={event.zone} />
        </span>
      </div>
      <div className={classes.small}>
        {actor.id && actor.name ? (
          <Person who={{ id: actor.id, name: actor.name }} behalf={actor.on_behalf_of} />
        ) : (
          (actor.name ?? t("history.erased"))
        )}
        {actor.role && <> · {t(`common:role.${actor.role}` as "common:role.admin", { defaultValue: actor.role })}</>}
        {moved && (
          <>
            {" · "}
            {event.from_state && <bdi>{words.state(record.type, event.from_state)}</bdi>}
            {event.from_state && (i18n.dir() === "rtl" ? " ← " : " → ")}
            <bdi>{words.state(record.type, moved)}</bdi>
          </>
        )}
        {!moved && state && (
          <>
            {" · "}
            <bdi>{words.state(record.type, state)}</bdi>
          </>
        )}
      </div>
      {event.reason && (
        <div className={classes.entryBody} dir="auto">
          {event.reason}
        </div>
      )}
      {event.reasons && event.reasons.length > 0 && (
        <ul className={classes.entryBody}>
          {event.reasons.map((reason) => (
            <li key={reason} dir="auto">
              {reason}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className={classes.small}>
          {event.changes.length > 0 ? t("history.more", { count: event.changes.length }) : t("history.details")}
        </summary>
        <Changes record={record} changes={event.changes} />
        <dl className={classes.changes}>
          {event.rule && (
            <>
              <dt>{t("history.rule")}</dt>
              <dd>
                <span className="mono">{event.rule}</span> ({t("history.revision", { n: event.policy_revision ?? 0 })})
              </dd>
            </>
          )}
          <dt>{t("history.source")}</dt>
          <dd>{t(`history.door.${event.source}` as "history.door.ui", { defaultValue: event.source })}</dd>
          {event.version !== undefined && (
            <>
              <dt>{t("facts.version")}</dt>
              <dd>{event.version}</dd>
            </>
          )}
          <dt>{t("history.place")}</dt>
          <dd>{event.leaf_index === undefined ? t("history.unsealed") : <span className="mono">{event.leaf_index}</span>}</dd>
          <dt>{t("history.leaf")}</dt>
          <dd>
            <Hash value={event.leaf_sha256} />
          </dd>
        </dl>
      </details>
    </li>
  );
}
