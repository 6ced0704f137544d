// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Button, VisuallyHidden } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { type Attached, fileAddress, type RecordFile } from "~/api/files";
import { useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import classes from "./filelist.module.css";
import { kindOf, sizeText } from "./filenames";
import { Hash } from "./hash";
import { Person } from "./person";
import { useSeen } from "./seen";
import { later } from "./soon";
import { DateTime } from "./time";

const TakeOffDialog = later(() => import("./takeoff"));

interface FileListProps {
  files: readonly RecordFile[];
  record: { id: string; owner: { id: string }; zone: string | undefined };
  /** Of the version that the person saw; absent where nothing can be taken off: the record is closed. */
  etag?: string | undefined;
  onTakenOff?: (attached: Attached) => void;
}

/** FileList is the files of a record: since which version, by whom, and those that were taken off struck through. */
export function FileList({ files, record, etag, onTakenOff }: FileListProps) {
  const { t } = useTranslation("files");
  const me = useMe();
  const [leaving, setLeaving] = useState<RecordFile>();
  const [left, setLeft] = useState<RecordFile>();
  const seen = useSeen(etag ?? "", leaving !== undefined);
  return (
    <>
      <ul className={classes.list} aria-label={t("list")}>
        {files.map((file) => (
          <FileLine
            key={`${file.sha256}${file.version}`}
            file={file}
            record={record}
            onTakeOff={
              etag && !file.removed && (file.added_by.id === me.id || record.owner.id === me.id) ? () => setLeaving(file) : undefined
            }
          />
        ))}
      </ul>
      <VisuallyHidden role="status">{left && t("takenOff", { name: left.name })}</VisuallyHidden>
      {leaving && etag && (
        <Suspense>
          <TakeOffDialog
            record={record.id}
            file={leaving}
            seen={seen}
            onClose={() => setLeaving(undefined)}
            onTakenOff={(attached) => {
              seen.made(attached.etag);
              onTakenOff?.(attached);
              setLeaving(undefined);
              setLeft(leaving);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

interface FileLineProps {
  file: RecordFile;
  record: FileListProps["record"];
  onTakeOff: (() => void) | undefined;
}

function FileLine({ file, record, onTakeOff }: FileLineProps) {
  const { t, i18n } = useTranslation("files");
  const { removed } = file;
  const name = <bdi>{file.name}</bdi>;
  return (
    <li className={classes.file}>
      <div className={classes.head}>
        <Anchor
          className={classes.name}
          href={fileAddress(record.id, file.sha256)}
          download={file.name}
          aria-label={`${t("download", { name: file.name })}${removed ? ` (${t("removed")})` : ""}`}
        >
          <IconDownload size={16} aria-hidden /> {removed ? <del>{name}</del> : name}
        </Anchor>
        <span className={classes.small}>
          {kindOf(file.media_type)} · {sizeText(file.size, i18n.language)}
        </span>
        {onTakeOff && (
          <Button
            className={classes.act}
            size="compact-xs"
            variant="default"
            aria-label={t("takeOffOf", { name: file.name })}
            onClick={onTakeOff}
          >
            {t("takeOff")}
          </Button>
        )}
      </div>
      <div className={classes.small}>
        {t("since", { n: file.version })} · <Person who={file.added_by} /> · <DateTime at={file.added_at} zone={record.zone} />
      </div>
      {file.reason && (
        <div className={classes.said} dir="auto">
          {file.reason}
        </div>
      )}
      <div className={classes.small}>
        SHA-256 <Hash value={file.sha256} short />
      </div>
      {removed && (
        <div className={classes.removed}>
          <div className={classes.small}>
            <span className={classes.state}>{t("removedIn", { n: removed.version })}</span> · <Person who={removed.by} /> ·{" "}
            <DateTime at={removed.at} zone={record.zone} />
          </div>
          <div className={classes.said} dir="auto">
            {removed.reason}
          </div>
        </div>
      )}
    </li>
  );
}
