// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type Attached, type RecordFile, useTakeOff } from "~/api/files";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "./commanddialog";
import type { Seen } from "./seen";

interface TakeOffDialogProps {
  record: string;
  file: RecordFile;
  seen: Seen;
  onClose: () => void;
  onTakenOff: (attached: Attached) => void;
}

/** TakeOffDialog asks why a file does not belong to its record. */
export default function TakeOffDialog({ record, file, seen, onClose, onTakenOff }: TakeOffDialogProps) {
  const { t } = useTranslation("files");
  const command = useTakeOff(record, file.sha256, seen.etag, { onRecorded: onTakenOff });
  return (
    <CommandDialog
      command={command}
      title={t("takeOffTitle")}
      text={t("takeOffText", { name: file.name })}
      action={t("takeOff")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
      seen={seen}
    />
  );
}
