// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button } from "@mantine/core";
import { useTranslation } from "~/i18n/texts";
import classes from "./Inbox.module.css";
import type { Listed } from "./useTaskList";

/** NewsBar says what arrived: the list stays as it is until somebody asks. */
export function NewsBar({ list }: { list: Listed }) {
  const { t } = useTranslation("inbox");
  const told = list.fresh > 0 || list.gap;
  return (
    <div aria-live="polite">
      {told && (
        <div className={classes.news}>
          <span>{list.fresh > 0 ? t("new", { count: list.fresh }) : t("gap")}</span>
          <Button size="compact-xs" variant="default" onClick={list.renew}>
            {t("show")}
          </Button>
        </div>
      )}
    </div>
  );
}
