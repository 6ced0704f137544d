// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useState } from "react";
import type { Command } from "~/api/command";
import { type Attached, type Attaching, problemAt, type Upload, useAttach } from "~/api/files";
import type { Refused } from "./chosenfiles";

/** Ready is a file that the server has, to be attached under a name. */
export interface Ready {
  id: string;
  name: string;
  upload: Upload;
}

export interface AttachAll {
  /** Attaches one after the other, each to the version that the one before made. It stops at the first that is refused, and says whether all were attached. */
  run: (files: readonly Ready[], at: { record: string; etag: string; reason?: string }) => Promise<boolean>;
  busy: boolean;
  /** Forgets what was refused: another choice was made. */
  reset: () => void;
  /** How the last one stands. */
  command: Command<Attaching, Attached>;
  /** What the server said of the file that it refused, by the file's id. */
  refused: Refused;
}

/** useAttachAll attaches several files to a record, each with a receipt of its own. */
export function useAttachAll(onAttached: (file: Ready, attached: Attached) => void): AttachAll {
  const command = useAttach();
  const [busy, setBusy] = useState(false);
  const [stopped, setStopped] = useState<string>();
  const { problem } = command;
  const about = { name: problemAt(problem, "name"), text: problemAt(problem, "sha256") };
  return {
    run: async (files, { record, etag, reason = "" }) => {
      setBusy(true);
      setStopped(undefined);
      let ifMatch = etag;
      for (const file of files) {
        const { name, upload } = file;
        const body = { sha256: upload.sha256, name, ...(reason === "" ? {} : { reason }) };
        const attached = await command.run({ record, ifMatch, body });
        if (!attached) {
          setStopped(file.id);
          setBusy(false);
          return false;
        }
        ifMatch = attached.etag;
        onAttached(file, attached);
      }
      setBusy(false);
      return true;
    },
    busy,
    reset: () => {
      setStopped(undefined);
      command.reset();
    },
    command,
    refused: stopped && (about.name || about.text) ? { [stopped]: about } : {},
  };
}

/** readyOf are the chosen files that the server has. */
export const readyOf = (chosen: readonly { id: string; name: string; upload?: Upload }[]): Ready[] =>
  chosen.flatMap(({ id, name, upload }) => (upload ? [{ id, name, upload }] : []));
