// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { commentsQuery, linksQuery, similarQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { RowSkeletons } from "~/ui/page";
import { Person } from "~/ui/person";
import { ProblemNote } from "~/ui/problem";
import { Row } from "~/ui/row";
import { DateTime } from "~/ui/time";
import classes from "./RecordPage.module.css";
import { useWords } from "./words";

/** LinksPart is what belongs to a record beside it: comments, linked records, and earlier ones that it may repeat. */
export function LinksPart({ record }: { record: RecordBody }) {
  return (
    <>
      <Comments record={record} />
      <Links record={record} />
      <Similar record={record} />
    </>
  );
}

function Comments({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const comments = useQuery(commentsQuery(record.id));
  return (
    <section className={classes.step}>
      <h2 className={classes.heading}>{t("links.comments")}</h2>
      {comments.isPending && <RowSkeletons rows={2} />}
      {comments.isError && <ProblemNote problem={comments.error} />}
      {comments.data?.items.length === 0 && <p className={classes.small}>{t("links.noComments")}</p>}
      <ol className={classes.list}>
        {comments.data?.items.map((comment) => (
          <li key={comment.id} className={classes.entry}>
            <div className={classes.entryHead}>
              <span className={classes.entryTitle}>
                <Person who={comment.author} />
              </span>
              <span className={classes.small}>
                <DateTime at={comment.at} zone={record.site.zone} />
              </span>
            </div>
            <div className={classes.entryBody} dir="auto">
              {comment.text}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Links({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const words = useWords();
  const links = useQuery(linksQuery(record.id));
  return (
    <section className={classes.step}>
      <h2 className={classes.heading}>{t("links.title")}</h2>
      {links.isPending && <RowSkeletons rows={2} />}
      {links.isError && <ProblemNote problem={links.error} />}
      {links.data?.items.length === 0 && <p className={classes.small}>{t("links.none")}</p>}
      {links.data?.items.map((link) => (
        <Row
          key={`${link.kind}${link.direction}${link.record.id}`}
          link={{ to: "/records/$id", params: { id: link.record.id } }}
          title={
            <>
              <span className="mono">{link.record.number}</span> <bdi>{link.record.title ?? t("links.hidden")}</bdi>
            </>
          }
          detail={
            <>
              {t(`links.${link.direction}`, { kind: words.linkKind(link.kind) })} · <Person who={link.by} /> ·{" "}
              <DateTime at={link.at} zone={record.site.zone} />
            </>
          }
          end={link.record.state && <Badge color="gray">{words.state(link.record.type, link.record.state)}</Badge>}
        />
      ))}
    </section>
  );
}

function Similar({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const words = useWords();
  const similar = useQuery(similarQuery(record.id));
  return (
    <section className={classes.step}>
      <h2 className={classes.heading}>{t("similar.title")}</h2>
      {similar.isPending && <RowSkeletons rows={2} />}
      {similar.isError && <ProblemNote problem={similar.error} />}
      {similar.data?.items.length === 0 && similar.data.hidden === 0 && <p className={classes.small}>{t("similar.none")}</p>}
      {similar.data?.items.map((item) => (
        <Row
          key={item.id}
          link={{ to: "/records/$id", params: { id: item.id } }}
          title={
            <>
              <span className="mono">{item.number}</span> <bdi>{item.title}</bdi>
            </>
          }
          detail={
            <>
              {t("similar.same", { what: item.matches.map((match) => t(`similar.match.${match}`)).join(", ") })} · {t("facts.aware")}{" "}
              <DateTime at={item.aware_at} zone={record.site.zone} />
            </>
          }
          end={
            item.repeat ? <Badge color="yellow">{t("similar.repeat")}</Badge> : <Badge color="gray">{words.className(item.class)}</Badge>
          }
        />
      ))}
      {(similar.data?.hidden ?? 0) > 0 && <p className={classes.small}>{t("similar.hidden", { count: similar.data?.hidden ?? 0 })}</p>}
    </section>
  );
}
