// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "~/i18n/texts";

/** Hash is a hash or an id, in mono, to compare and to copy. short shows its beginning only, where another place has the whole. */
export function Hash({ value, short = false }: { value: string; short?: boolean }) {
  const { t } = useTranslation();
  return (
    <Group component="span" gap={4} wrap="nowrap" display="inline-flex">
      <span className="mono" title={value} style={{ overflowWrap: "anywhere" }}>
        {short ? `${value.slice(0, 12)}…` : value}
      </span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("action.copied") : t("hash.copy")}>
            <ActionIcon size="sm" aria-label={t("hash.copy")} onClick={copy}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
