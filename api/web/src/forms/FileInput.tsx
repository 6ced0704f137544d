// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Group, Input, Stack, Text } from "@mantine/core";
import { IconPaperclip, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { problemAt } from "~/api/files";
import { asProblem } from "~/api/problem";
import { useTranslation } from "~/i18n/texts";
import { ChosenFiles, type Refused } from "~/ui/chosenfiles";
import { FileDrop } from "~/ui/filedrop";
import { Hash } from "~/ui/hash";
import { useUploads } from "~/ui/uploads";
import type { Field } from "./definition";
import type { Common } from "./FieldInput";
import type { Filling, NamedFile } from "./filling";
import { isList, isObject, maxRows } from "./value";

interface FileInputProps {
  common: Common;
  field: Field;
  value: unknown;
  filling: Filling;
  set: (value: unknown) => void;
}

/** FileInput names files of the record as the answer: what is chosen is sent, becomes the record's, and is then named. */
export function FileInput({ common, field, value, filling: { takeFile, filesLater }, set }: FileInputProps) {
  const { t } = useTranslation("files");
  const uploads = useUploads();
  const [refused, setRefused] = useState<Refused>({});
  const taking = useRef(new Set<string>());
  const files = namedIn(value);
  const latest = useRef(files);
  latest.current = files;

  useEffect(() => {
    for (const one of uploads.chosen) {
      const { id, name, upload } = one;
      if (!upload || !takeFile || taking.current.has(id) || uploads.wrongNameOf(one)) continue;
      taking.current.add(id);
      takeFile({ name, upload }).then(
        (named) => {
          const others = latest.current.filter((file) => file.sha256 !== named.sha256);
          latest.current = [...others, named];
          set(latest.current);
          uploads.drop(id);
        },
        (cause) => {
          const problem = asProblem(cause);
          setRefused((all) => ({ ...all, [id]: { name: problemAt(problem, "name"), text: problem.detail } }));
        },
      );
    }
  }, [uploads, takeFile, set]);

  const again = (id: string) => {
    taking.current.delete(id);
    setRefused(({ [id]: _, ...others }) => others);
    uploads.again(id);
  };
  const room = maxRows(field) - files.length - uploads.chosen.length;
  const note = takeFile && t(filesLater ? "form.later" : "form.attached");
  return (
    <Input.Wrapper {...common} description={[common.description, note].filter(Boolean).join(" · ") || undefined}>
      <Stack gap={8} mt={4}>
        {files.map((file) => (
          <Group key={file.sha256 + file.name} gap={8} wrap="nowrap">
            <IconPaperclip size={16} aria-hidden />
            <Text size="sm">
              <bdi>{file.name}</bdi>
            </Text>
            <Hash value={file.sha256} short />
            {!common.readOnly && (
              <ActionIcon
                aria-label={t("form.drop", { name: file.name })}
                onClick={() => set(files.filter(({ sha256 }) => sha256 !== file.sha256))}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!common.readOnly && takeFile && (
          <>
            <ChosenFiles uploads={{ ...uploads, again }} refused={refused} />
            {room > 0 && <FileDrop id={common.id} onFiles={(chosen) => uploads.add(chosen.slice(0, room))} />}
          </>
        )}
      </Stack>
    </Input.Wrapper>
  );
}

const namedIn = (value: unknown): NamedFile[] =>
  (isList(value) ? value : []).flatMap((file) =>
    isObject(file) && typeof file.name === "string" && typeof file.sha256 === "string" ? [{ name: file.name, sha256: file.sha256 }] : [],
  );
