// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type Attached, attachFile, filesQuery } from "~/api/files";
import { recordKeys } from "~/api/records";
import { taskKeys } from "~/api/tasks";
import type { TakeFile } from "~/forms/filling";

/** useTakeFile attaches the files of a form to a record, one after the other, each to the version that the one before made. */
export function useTakeFile(record: string, etag: string, onAttached: (attached: Attached) => void): TakeFile {
  const client = useQueryClient();
  const seen = useRef({ etag, now: etag });
  if (seen.current.etag !== etag) seen.current = { etag, now: etag };
  const before = useRef<Promise<unknown>>(Promise.resolve());

  const take: TakeFile = async ({ name, upload: { sha256 } }) => {
    const files = await client.fetchQuery({ ...filesQuery(record), staleTime: 0 });
    const same = files.find((file) => !file.removed && file.sha256 === sha256);
    if (same) return { name: same.name, sha256 }; // the record has it already
    const { data, etag: made } = await attachFile({ record, ifMatch: seen.current.now, body: { sha256, name } });
    seen.current.now = made;
    onAttached(data);
    for (const queryKey of [recordKeys.all, taskKeys.all]) void client.invalidateQueries({ queryKey });
    return { name, sha256 };
  };
  return (file) => {
    const taken = before.current.then(() => take(file));
    before.current = taken.catch(() => undefined);
    return taken;
  };
}
