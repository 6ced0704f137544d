// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { CloseButton, Group, Paper } from "@mantine/core";
import { CatchBoundary } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "~/i18n/texts";
import { Failed } from "~/ui/failed";
import classes from "./UpdateNote.module.css";

/** Apart draws a part of the frame that is fetched when it is asked for. Where it does not come, a note says so, and the page stays. */
export function Apart({ fallback, onClose, children }: { fallback?: ReactNode; onClose?: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <CatchBoundary
      getResetKey={() => ""}
      errorComponent={(failed) => (
        <Paper className={classes.note} maw={480}>
          {onClose && (
            <Group justify="end">
              <CloseButton aria-label={t("action.close")} onClick={onClose} />
            </Group>
          )}
          <Failed {...failed} />
        </Paper>
      )}
    >
      <Suspense fallback={fallback}>{children}</Suspense>
    </CatchBoundary>
  );
}
