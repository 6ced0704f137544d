// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "~/api/problem";
import { recordQuery } from "~/api/records";
import type { Record as RecordBody } from "~/api/types.gen";
import type { TakeFile } from "~/forms/filling";
import { useTranslation } from "~/i18n/texts";
import { type Ready, readyOf, useAttachAll } from "~/ui/attachall";
import { ChosenFiles } from "~/ui/chosenfiles";
import { FileDrop } from "~/ui/filedrop";
import { Page } from "~/ui/page";
import { StandingNote } from "~/ui/standing";
import { type Uploads, useUploads } from "~/ui/uploads";
import classes from "./NewRecordPage.module.css";

/** NewFilesState are the files of a record that is not there yet. */
export interface NewFilesState {
  uploads: Uploads;
  /** Takes a file that a question of the form asks for. */
  take: TakeFile;
  /** What is to be attached once there is a record: first what its form names, then the others; the same bytes once. */
  due: Ready[];
  attached: (id: string) => void;
}

/** useNewFiles keeps files, of which the server has the bytes, until there is a record that they can be attached to. */
export function useNewFiles(): NewFilesState {
  const { t } = useTranslation("files");
  const uploads = useUploads();
  const [named, setNamed] = useState<readonly Ready[]>([]);
  const known = useRef(named);
  known.current = named;
  const { drop } = uploads;
  const all = [...named, ...readyOf(uploads.chosen)];
  return {
    uploads,
    take: useCallback(
      async ({ name, upload }) => {
        const same = known.current.find((file) => file.upload.sha256 === upload.sha256);
        if (same) return { name: same.name, sha256: upload.sha256 };
        if (known.current.some((file) => file.name.toLowerCase() === name.toLowerCase())) {
          const message = t("wrong.twice");
          throw new Problem(409, { detail: message, errors: [{ code: "twice", message, path: "name", pointer: "/name" }] });
        }
        known.current = [...known.current, { id: upload.sha256, name, upload }];
        setNamed(known.current);
        return { name, sha256: upload.sha256 };
      },
      [t],
    ),
    due: all.filter((file, i) => all.findIndex((other) => other.upload.sha256 === file.upload.sha256) === i),
    attached: useCallback(
      (id) => {
        setNamed((files) => files.filter((file) => file.id !== id));
        drop(id);
      },
      [drop],
    ),
  };
}

/** NewFiles chooses what goes with a new record. */
export function NewFiles({ files: { uploads }, disabled }: { files: NewFilesState; disabled: boolean }) {
  const { t } = useTranslation("files");
  return (
    <section className={classes.files} aria-label={t("new.title")}>
      <div>
        <h2 className={classes.heading}>{t("new.title")}</h2>
        <Text size="xs" c="dimmed">
          {t("new.help")}
        </Text>
      </div>
      <FileDrop id="new-files" onFiles={uploads.add} disabled={disabled} />
      <ChosenFiles uploads={uploads} disabled={disabled} />
    </section>
  );
}

interface FiledProps {
  record: RecordBody;
  title: string;
  files: NewFilesState;
  /** whole: nothing is left behind. */
  onOpen: (whole: boolean) => void;
}

/** Filed is the second half: the record is there, and its files are being attached. It says which are not, and opens the record when all are. */
export function Filed({ record, title, files, onOpen }: FiledProps) {
  const { t } = useTranslation("files");
  const client = useQueryClient();
  const { uploads, due } = files;
  const all = useAttachAll((file) => files.attached(file.id));
  const begun = useRef(false);
  const attach = async (etag: string) => {
    if (await all.run(due, { record: record.id, etag })) onOpen(true);
  };
  const retry = async () => attach((await client.fetchQuery({ ...recordQuery(record.id), staleTime: 0 })).etag);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void attach(`"${record.version}"`);
  });
  const others = due.filter((file) => !uploads.chosen.some((one) => one.id === file.id));
  const located = Object.keys(all.refused).length > 0;
  return (
    <Page title={title}>
      <Stack gap="md" className={classes.form}>
        <Text size="lg" fw={600} className={classes.filed}>
          <IconCircleCheck size={20} aria-hidden /> {t("new.recorded", { number: record.number })}
        </Text>
        <Text size="sm" role="status">
          {all.busy || due.length === 0 ? t("new.attaching") : t("new.failed", { count: due.length })}
        </Text>
        {others.length > 0 && (
          <ul className={classes.named}>
            {others.map((file) => (
              <li key={file.id}>
                <bdi>{file.name}</bdi>
              </li>
            ))}
          </ul>
        )}
        <ChosenFiles uploads={uploads} disabled={all.busy} refused={all.refused} />
        {all.command.standing !== "recorded" && !located && <StandingNote command={all.command} />}
        {!all.busy && due.length > 0 && (
          <Group gap="xs">
            <Button disabled={!uploads.ready} onClick={() => void retry()}>
              {t("new.retry")}
            </Button>
            <Button variant="default" onClick={() => onOpen(false)}>
              {t("new.open")}
            </Button>
          </Group>
        )}
      </Stack>
    </Page>
  );
}
