// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { unsettled } from "~/api/command";
import { usePrint } from "~/api/recordcommands";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { StandingNote } from "~/ui/standing";

/** PrintButton makes a copy on paper of a version, the present one unless told. */
export function PrintButton({ record, version }: { record: RecordBody; version?: number }) {
  const { t } = useTranslation("records");
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant={version === undefined ? "default" : "subtle"}
        size={version === undefined ? "sm" : "compact-xs"}
        color="gray"
        leftSection={<IconPrinter size={version === undefined ? 16 : 14} aria-hidden />}
        aria-label={version === undefined ? undefined : t("print.version", { version })}
        onClick={() => setOpened(true)}
      >
        {t("print.title")}
      </Button>
      {opened && <PrintDialog record={record} version={version} onClose={() => setOpened(false)} />}
    </>
  );
}

// The copy is recorded first. Its page is good once, so it is opened by a click of its own: a browser may refuse a window of ours.
function PrintDialog({ record, version, onClose }: { record: RecordBody; version: number | undefined; onClose: () => void }) {
  const { t } = useTranslation(["records", "common"]);
  const print = usePrint(record.id);
  const stays = unsettled(print);
  const close = () => {
    if (!stays) onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("print.version", { version: version ?? record.version })}
      closeButtonProps={{ "aria-label": t("common:action.close"), disabled: stays }}
    >
      <Stack gap="sm">
        <Text size="sm">{t(print.data ? "print.ready" : "print.text")}</Text>
        <StandingNote command={print} />
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={close} disabled={stays}>
            {t(print.data ? "common:action.close" : "common:action.cancel")}
          </Button>
          {print.data ? (
            <Button component="a" href={print.data.url} target="_blank" rel="noopener" onClick={onClose} data-autofocus>
              {t("print.open")}
            </Button>
          ) : (
            <Button loading={print.busy} onClick={() => void print.run(version === undefined ? {} : { version })} data-autofocus>
              {t("print.make")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
