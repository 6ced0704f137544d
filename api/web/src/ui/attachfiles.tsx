// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Attached } from "~/api/files";
import { useTranslation } from "~/i18n/texts";
import { readyOf, useAttachAll } from "./attachall";
import { ChangedNote } from "./changednote";
import { ChosenFiles } from "./chosenfiles";
import { FileDrop } from "./filedrop";
import { useSeen } from "./seen";
import { StandingNote } from "./standing";
import { useUploads } from "./uploads";

interface AttachFilesProps {
  record: string;
  /** Of the version that the person saw. */
  etag: string;
  /** Told of each file, before anything is read anew. */
  onAttached?: (attached: Attached) => void;
}

/** AttachFiles chooses files, sends them, and attaches them to a record with a reason. */
export function AttachFiles({ record, etag, onAttached }: AttachFilesProps) {
  const { t } = useTranslation("files");
  const uploads = useUploads();
  const [reason, setReason] = useState("");
  const [done, setDone] = useState(0);
  const seen = useSeen(etag, uploads.chosen.length > 0);
  const all = useAttachAll((file, attached) => {
    seen.made(attached.etag);
    onAttached?.(attached);
    uploads.drop(file.id);
  });
  const files = readyOf(uploads.chosen);
  const going = uploads.chosen.filter((one) => one.state !== "failed");
  const able = going.length > 0 && !uploads.sending && !going.some(uploads.wrongNameOf);
  const add = (chosen: File[]) => {
    setDone(0);
    all.reset();
    uploads.add(chosen);
  };
  const drop = (id: string) => {
    all.reset();
    uploads.drop(id);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await all.run(files, { record, etag: seen.etag, reason: reason.trim() }))) return;
    setReason("");
    setDone(files.length);
  };
  const located = Object.keys(all.refused).length > 0;
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <FileDrop onFiles={add} disabled={all.busy} />
        <Text size="sm" role="status">
          {done > 0 && (
            <>
              <IconCheck size={14} aria-hidden /> {t("attached", { count: done })}
            </>
          )}
        </Text>
        <ChosenFiles uploads={{ ...uploads, drop }} disabled={all.busy} refused={all.refused} />
        {uploads.chosen.length > 0 && (
          <>
            <Textarea
              label={t("reason")}
              description={t("reasonHelp")}
              autosize
              minRows={2}
              maxLength={10_000}
              value={reason}
              readOnly={all.busy}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            {all.command.problem?.status === 412 ? (
              <ChangedNote seen={seen} onLooked={all.reset} />
            ) : (
              all.command.standing !== "recorded" && !located && <StandingNote command={all.command} />
            )}
            <Group gap="sm">
              <Button type="submit" loading={all.busy} disabled={!able}>
                {t("attach", { count: going.length })}
              </Button>
              <Text size="xs" c="dimmed" flex={1} miw={200}>
                {t("attachNote")}
              </Text>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}
