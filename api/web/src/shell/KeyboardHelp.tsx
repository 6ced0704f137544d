// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "~/i18n/texts";
import { usePreferences } from "~/theme/preferences";
import { known } from "./shortcuts";

/** KeyboardHelp lists what keys do on this screen. */
export default function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { shortcuts: on } = usePreferences();
  const [shortcuts] = useState(known);
  const all = [...(on ? shortcuts : []), { keys: "Ctrl K", label: t("keys.palette") }];
  return (
    <Modal opened onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="xs">
        {!on && <Text size="sm">{t("keys.off")}</Text>}
        {all.map(({ keys, label }) => (
          <Group key={keys} justify="space-between" wrap="nowrap">
            <Text size="sm">{label}</Text>
            <Group gap={4} wrap="nowrap" dir="ltr">
              {keys.split(" ").map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
