// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "~/i18n/texts";

interface ReasonDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What it will do, in one sentence. */
  text?: string;
  /** The words on the button: the verb, never "OK". */
  action: string;
  destructive?: boolean;
  busy?: boolean;
  /** It is not known what became of it: the button asks again. As while it is busy, the dialog stays, and what was typed too. */
  unknown?: boolean;
  /** A problem or a standing, shown above the buttons. */
  note?: ReactNode;
  onReason: (reason: string) => void;
  children?: ReactNode;
}

/** ReasonDialog asks why, which is recorded. What was typed stays when it is refused. */
export function ReasonDialog({
  opened,
  onClose,
  title,
  text,
  action,
  destructive = false,
  busy = false,
  unknown = false,
  note,
  onReason,
  children,
}: ReasonDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const id = useId();
  const stays = busy || unknown;
  const close = () => {
    if (!stays) onClose();
  };
  const blank = reason.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (blank) document.getElementById(id)?.focus();
    else onReason(reason.trim());
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": t("action.close"), disabled: stays }}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {text && <Text size="sm">{text}</Text>}
          <Stack gap="sm" inert={stays}>
            {children}
            <Textarea
              id={id}
              data-autofocus
              label={t("reason.label")}
              required
              autosize
              minRows={3}
              maxLength={10_000}
              value={reason}
              error={asked && blank ? t("reason.required") : undefined}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </Stack>
          {note}
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={close} disabled={stays}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={busy} color={destructive ? "red" : undefined}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
