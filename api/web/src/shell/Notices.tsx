// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Drawer, Text } from "@mantine/core";
import { IconChecks } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { type Notice, noticesQuery, useRead } from "~/api/notices";
import { useTranslation } from "~/i18n/texts";
import { Empty, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import classes from "./Notices.module.css";
import { noticeWords } from "./noticewords";

/** Notices is what a person was told, newest first; each leads to what it is about, and onLeave says that it was followed. */
export default function Notices({ onClose, onLeave }: { onClose: () => void; onLeave: () => void }) {
  const { t } = useTranslation(["notices", "common"]);
  const query = useInfiniteQuery(noticesQuery);
  const head = useRef<HTMLHeadingElement>(null);
  const read = useRead({ onRecorded: () => head.current?.focus() }); // its button is gone
  const notices = query.data?.pages.flatMap((page) => page.items) ?? [];
  const newest = notices[0];
  const unread = query.data?.pages[0]?.unread ?? 0;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="left"
      size={420}
      padding={0}
      title={
        <span ref={head} tabIndex={-1} className={classes.title}>
          {t("common:notices.title")}
        </span>
      }
      closeButtonProps={{ "aria-label": t("common:action.close") }}
      classNames={{ header: classes.head, body: classes.body }}
    >
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" role="status">
          {query.isSuccess && (newest ? t("common:notices.unread", { count: unread }) : "")}
        </Text>
        {newest && unread > 0 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconChecks size={14} aria-hidden />}
            loading={read.busy}
            onClick={() => void read.run(newest.at)}
          >
            {t("markAll")}
          </Button>
        )}
      </div>
      {read.problem && <ProblemNote problem={read.problem} />}
      {query.isPending && <RowSkeletons rows={6} />}
      {query.isError && <ProblemNote problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && !newest && <Empty text={t("empty")} />}
      {newest && (
        <ul className={classes.list}>
          {notices.map((notice) => (
            <li key={notice.id}>
              <Lead notice={notice} onLeave={onLeave}>
                <Said notice={notice} />
              </Lead>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("common:action.more")}
          </Button>
        </div>
      )}
    </Drawer>
  );
}

function Said({ notice }: { notice: Notice }) {
  const { t, i18n } = useTranslation("notices");
  return (
    <>
      <span className={classes.words}>
        {!notice.read && <span className={classes.new}>{t("new")}</span>}
        {noticeWords(notice, t, i18n.language)}
      </span>
      {notice.record && (
        <span className={classes.quiet}>
          <bdi>{notice.record.number}</bdi> · <bdi>{notice.record.title}</bdi>
        </span>
      )}
      <span className={classes.quiet}>
        <DateTime at={notice.at} />
      </span>
    </>
  );
}

/** Lead goes to the task while it is open, else to the record; what is about oneself, to one's account. */
function Lead({ notice, onLeave, children }: { notice: Notice; onLeave: () => void; children: ReactNode }) {
  const props = { className: classes.notice, "data-unread": !notice.read || undefined };
  const go = { ...props, onClick: onLeave };
  if (notice.task)
    return (
      <Link to="/inbox" search={{ task: notice.task }} {...go}>
        {children}
      </Link>
    );
  if (notice.record)
    return (
      <Link to="/records/$id" params={{ id: notice.record.id }} {...go}>
        {children}
      </Link>
    );
  if (notice.kind === "absence_entered" || notice.kind === "absence_ended")
    return (
      <Link to="/me" {...go}>
        {children}
      </Link>
    );
  return <div {...props}>{children}</div>;
}
