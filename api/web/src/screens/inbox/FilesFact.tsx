// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Attached, filesQuery } from "~/api/files";
import type { Task } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { AttachFiles } from "~/ui/attachfiles";
import { FileList } from "~/ui/filelist";
import { Hash } from "~/ui/hash";
import { ProblemNote } from "~/ui/problem";
import { filesIn } from "./files";
import { Part } from "./Part";
import classes from "./Task.module.css";

interface FilesFactProps {
  task: Task;
  /** Of the version that the person saw, where he holds the task: then he attaches while he works. */
  etag: string | undefined;
  /** Told of each version that he made so himself, before anything is read anew. */
  onChanged: (attached: Attached) => void;
}

/** FilesFact is the files of the record, and those that its forms only name. */
export function FilesFact({ task, etag, onChanged }: FilesFactProps) {
  const { t } = useTranslation(["task", "files"]);
  const files = useQuery(filesQuery(task.record.id));
  const attached = files.data?.filter((file) => !file.removed) ?? [];
  const named = files.data ? filesIn(task.record_data).filter((file) => !files.data.some(({ sha256 }) => sha256 === file.sha256)) : [];
  return (
    <Part title={t("files")} count={attached.length + named.length}>
      <Stack gap="sm">
        {files.isError && <ProblemNote problem={files.error} onRetry={() => void files.refetch()} />}
        {files.data?.length === 0 && <Text size="sm">{t("files:empty")}</Text>}
        {files.data && files.data.length > 0 && (
          <FileList
            files={files.data}
            record={{ id: task.record.id, owner: task.record_owner, zone: task.site.zone }}
            etag={etag}
            onTakenOff={onChanged}
          />
        )}
        {named.length > 0 && (
          <div>
            <Text size="xs" c="dimmed">
              {t("files:named")}
            </Text>
            <ul className={classes.plain}>
              {named.map((file) => (
                <li key={file.sha256 + file.name}>
                  <bdi>{file.name}</bdi> <Hash value={file.sha256} short />
                </li>
              ))}
            </ul>
          </div>
        )}
        {etag && <AttachFiles record={task.record.id} etag={etag} onAttached={onChanged} />}
      </Stack>
    </Part>
  );
}
