// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "~/i18n/texts";
import type { Seen } from "./seen";

/** ChangedNote says that the record has changed since somebody began, and what; he goes on once he has looked. */
export function ChangedNote({ seen, onLooked, children }: { seen: Seen; onLooked: () => void; children?: ReactNode }) {
  const { t } = useTranslation();
  const look = () => {
    seen.look();
    onLooked();
  };
  return (
    <Alert color="yellow" variant="outline" role="alert" icon={<IconArrowsDiff />} title={t("changed.title")}>
      <Stack gap="sm">
        <Text size="sm">{t("changed.text")}</Text>
        {children}
        <Group justify="end">
          <Button variant="default" disabled={!seen.changed} onClick={look}>
            {t("changed.looked")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
