// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { filesQuery } from "~/api/files";
import { useMe } from "~/api/me";
import { recordQuery } from "~/api/records";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { AttachFiles } from "~/ui/attachfiles";
import { FileList } from "~/ui/filelist";
import { Empty, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { useSeen } from "~/ui/seen";
import { changes } from "./acts";
import classes from "./RecordPage.module.css";

/** FilesPart is what is attached to a record and what was taken off it, and attaches more while it is open. */
export function FilesPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation("files");
  const files = useQuery(filesQuery(record.id));
  const live = useQuery(recordQuery(record.id)).data?.etag ?? "";
  const me = useMe();
  const { etag, made } = useSeen(live, false);
  const open = changes(me) && !record.closed_at && record.state !== "cancelled" ? etag : undefined;
  return (
    <>
      {open && (
        <div className={classes.step}>
          <AttachFiles record={record.id} etag={open} onAttached={(attached) => made(attached.etag)} />
        </div>
      )}
      {files.isPending && <RowSkeletons rows={2} height={80} />}
      {files.isError && <ProblemNote problem={files.error} onRetry={() => void files.refetch()} />}
      {files.data?.length === 0 && <Empty text={t("empty")} />}
      {files.data && files.data.length > 0 && (
        <FileList
          files={files.data}
          record={{ id: record.id, owner: record.owner, zone: record.site.zone }}
          etag={open}
          onTakenOff={(attached) => made(attached.etag)}
        />
      )}
    </>
  );
}
