// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Paper, Text } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "~/i18n/texts";
import classes from "./UpdateNote.module.css";
import { update } from "./update";

/** UpdateNote offers a new version of the page, and never takes it by itself: somebody may be signing. */
export function UpdateNote() {
  const { t } = useTranslation();
  const ready = useSyncExternalStore(update.subscribe, update.ready);
  const [later, setLater] = useState(false);
  if (!ready || later) return null;
  return (
    <Paper withBorder p="sm" className={classes.note} role="status">
      <Group gap="sm">
        <Text size="sm">{t("update.text")}</Text>
        <Button size="xs" onClick={update.take}>
          {t("update.now")}
        </Button>
        <Button size="xs" variant="default" onClick={() => setLater(true)}>
          {t("update.later")}
        </Button>
      </Group>
    </Paper>
  );
}
