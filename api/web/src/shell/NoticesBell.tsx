// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { noticeKeys, unreadQuery } from "~/api/notices";
import { useTranslation } from "~/i18n/texts";
import { later } from "~/ui/soon";
import { Apart } from "./Apart";
import classes from "./Notices.module.css";

const Notices = later(() => import("./Notices"));

/** NoticesBell says how much is unread. It asks with each page, and hears it as it comes where the inbox listens: a question by the
 * clock would keep the session of somebody who has gone. */
export function NoticesBell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const bell = useRef<HTMLButtonElement>(null);
  const client = useQueryClient();
  const page = useLocation({ select: (location) => location.pathname });
  const unread = useQuery(unreadQuery).data ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page asks anew
  useEffect(() => void client.refetchQueries({ queryKey: noticeKeys.unread, stale: true }), [client, page]);
  const close = () => {
    setOpen(false);
    bell.current?.focus();
  };
  return (
    <>
      <UnstyledButton
        ref={bell}
        className={classes.bell}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`${t("notices.title")}: ${t("notices.unread", { count: unread })}`}
        onClick={() => setOpen(true)}
      >
        <IconBell size={18} stroke={1.6} aria-hidden />
        {unread > 0 && (
          <span className={classes.number} aria-hidden>
            {unread > 99 ? "99+" : unread}
          </span>
        )}
      </UnstyledButton>
      {open && (
        <Apart onClose={close}>
          <Notices onClose={close} onLeave={() => setOpen(false)} />
        </Apart>
      )}
    </>
  );
}
