// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { UnstyledButton } from "@mantine/core";
import { holds, useMe } from "~/api/me";
import type { Box } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import classes from "./Inbox.module.css";
import { boxes } from "./search";

interface BoxesProps {
  box: Box;
  counts: Partial<Record<Box, number>> | undefined;
  onBox: (box: Box) => void;
}

/** Boxes are the parts of the inbox, each with how much is in it. Nothing has no number. */
export function Boxes({ box, counts, onBox }: BoxesProps) {
  const { t } = useTranslation("inbox");
  const me = useMe();
  const overview = holds(me, "manager", "area_head", "qa_approver", "quality_head", "inspector");
  const shown: Box[] = [...boxes, ...(overview ? (["all"] as const) : [])];
  if (!shown.includes(box)) shown.push(box);
  return (
    <nav className={classes.boxes} aria-label={t("boxes")}>
      {shown.map((name) => {
        const n = counts?.[name] ?? 0;
        return (
          <UnstyledButton key={name} className={classes.box} aria-current={name === box ? "page" : undefined} onClick={() => onBox(name)}>
            {t(`box.${name}`)}
            {n > 0 && name !== "done" && (
              <span className={classes.count} title={t("count", { count: n })}>
                {n > 999 ? "999+" : n}
              </span>
            )}
          </UnstyledButton>
        );
      })}
    </nav>
  );
}
