// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, FileButton, Group, Input, Stack, Text } from "@mantine/core";
import { IconPaperclip, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Hash } from "~/ui/hash";
import type { Field } from "./definition";
import type { Common } from "./FieldInput";
import { isList, isObject, maxRows } from "./value";

interface NamedFile {
  name: string;
  sha256: string;
}

/** FileInput records which files belong here, by name and SHA-256, which is taken in the browser. */
export function FileInput({ common, field, value, set }: { common: Common; field: Field; value: unknown; set: (v: unknown) => void }) {
  const { t } = useTranslation("forms");
  const [busy, setBusy] = useState(false);
  const files = isList(value)
    ? value.filter((f): f is NamedFile => isObject(f) && typeof f.name === "string" && typeof f.sha256 === "string")
    : [];
  const add = async (chosen: File[]) => {
    setBusy(true);
    try {
      set([...files, ...(await Promise.all(chosen.map(fingerprint)))]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Input.Wrapper {...common} description={[common.description, t("fileNote")].filter(Boolean).join(" · ")}>
      <Stack gap={4} mt={4}>
        {files.map((file) => (
          <Group key={file.sha256 + file.name} gap={8} wrap="nowrap">
            <IconPaperclip size={16} aria-hidden />
            <Text size="sm">{file.name}</Text>
            <Hash value={file.sha256} short />
            {!common.readOnly && (
              <ActionIcon aria-label={t("removeRow", { label: file.name, n: "" })} onClick={() => set(files.filter((f) => f !== file))}>
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!common.readOnly && files.length < maxRows(field) && (
          <FileButton multiple onChange={(chosen) => void add(chosen)}>
            {(props) => (
              <Button
                {...props}
                id={common.id}
                variant="default"
                loading={busy}
                leftSection={<IconPaperclip size={16} aria-hidden />}
                w="fit-content"
              >
                {t("addFile")}
              </Button>
            )}
          </FileButton>
        )}
      </Stack>
    </Input.Wrapper>
  );
}

async function fingerprint(file: File): Promise<NamedFile> {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return { name: file.name, sha256: Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("") };
}
