// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, CopyButton, Modal, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "~/i18n/texts";

/** Once shows a secret this once: it is not kept anywhere, and the dialog closes only by its button. */
export function Once({ title, text, secret, onClose }: { title: string; text: string; secret: string | undefined; onClose: () => void }) {
  const { t } = useTranslation(["account", "common"]);
  return (
    <Modal opened onClose={onClose} title={title} withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false}>
      <Stack gap="sm">
        <Text size="sm">{secret ? text : t("once.gone")}</Text>
        {secret && (
          <>
            <Text component="output" className="mono" fw={600} style={{ overflowWrap: "anywhere", userSelect: "all" }} data-testid="secret">
              {secret}
            </Text>
            <CopyButton value={secret}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
                  onClick={copy}
                >
                  {copied ? t("common:action.copied") : t("common:action.copy")}
                </Button>
              )}
            </CopyButton>
          </>
        )}
        <Button data-autofocus onClick={onClose}>
          {t("once.done")}
        </Button>
      </Stack>
    </Modal>
  );
}
