// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge, Button } from "@mantine/core";
import type { SessionView } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Empty } from "./page";
import { Sheet } from "./sheet";
import { DateTime } from "./time";

/** SessionTable lists where somebody is logged in, and offers to end it. */
export function SessionTable({ sessions, onEnd }: { sessions: readonly SessionView[]; onEnd?: (session: SessionView) => void }) {
  const { t } = useTranslation("account");
  if (sessions.length === 0) return <Empty inline text={t("session.none")} />;
  return (
    <Sheet
      label={t("session.title")}
      head={[
        { key: "device", label: t("session.device") },
        { key: "started", label: t("session.started") },
        { key: "seen", label: t("session.seen") },
        { key: "expires", label: t("session.expires") },
        { key: "end", label: t("session.end"), hidden: true },
      ]}
    >
      {sessions.map((session) => (
        <tr key={session.id}>
          <td>
            {t(`session.kind.${session.kind}`)} {session.name} {session.current && <Badge variant="default">{t("session.current")}</Badge>}
            <div className="quiet" style={{ fontSize: 12, maxWidth: 320, overflowWrap: "anywhere" }}>
              {[session.device, session.address].filter(Boolean).join(" · ")}
            </div>
          </td>
          <td>
            <DateTime at={session.started_at} />
          </td>
          <td>
            <DateTime at={session.seen_at} />
          </td>
          <td>
            <DateTime at={session.expires_at} />
          </td>
          <td>
            {onEnd && !session.current && (
              <Button size="compact-xs" variant="default" onClick={() => onEnd(session)}>
                {t("session.end")}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Sheet>
  );
}
