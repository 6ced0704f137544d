// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useCallback, useEffect, useRef, useState } from "react";
import { newKey } from "~/api/client";
import { type Upload, upload } from "~/api/files";
import { asProblem, type Problem } from "~/api/problem";
import { cleanName, mediaTypeOf, type Wrong, wrongFile, wrongName } from "./filenames";

/** Chosen is a file on its way to a record. Nothing of it is evidence yet. */
export interface Chosen {
  id: string;
  file: File;
  /** Under which it will be attached. */
  name: string;
  mediaType: string;
  state: "waiting" | "sending" | "here" | "failed";
  /** Bytes that are sent. */
  sent: number;
  /** What the server has, where it is here. */
  upload?: Upload;
  /** Why it failed: by what we know of it, or by what the server said. */
  wrong?: Wrong;
  problem?: Problem;
}

/** Uploads are files that somebody has chosen. They are sent one after the other as soon as they are chosen. */
export interface Uploads {
  chosen: readonly Chosen[];
  /** All are here, none failed, and they have names that can be attached. */
  ready: boolean;
  sending: boolean;
  add: (files: readonly File[]) => void;
  rename: (id: string, name: string) => void;
  /** Takes a file out, and stops sending it. */
  drop: (id: string) => void;
  /** Sends a file anew. */
  again: (id: string) => void;
  /** Says under what name a file cannot be attached beside the others. */
  wrongNameOf: (one: Chosen) => Wrong | undefined;
}

/** useUploads sends what is chosen. Where the component goes, what is on its way is stopped. */
export function useUploads(): Uploads {
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const running = useRef<{ id: string; stop: AbortController }>(undefined);

  const change = useCallback(
    (id: string, changed: Partial<Chosen>) => setChosen((all) => all.map((one) => (one.id === id ? { ...one, ...changed } : one))),
    [],
  );

  const next = chosen.find((one) => one.state === "waiting");
  const busy = chosen.some((one) => one.state === "sending");
  useEffect(() => {
    if (busy || !next) return;
    const { id, file, mediaType } = next;
    const stop = new AbortController();
    running.current = { id, stop };
    change(id, { state: "sending", sent: 0 });
    upload(file, mediaType, { signal: stop.signal, onSent: (sent) => change(id, { sent }) }).then(
      (done) => change(id, { state: "here", sent: file.size, upload: done }),
      (cause) => stop.signal.aborted || change(id, { state: "failed", problem: asProblem(cause) }),
    );
  }, [next, busy, change]);

  useEffect(() => () => running.current?.stop.abort(), []);

  const wrongNameOf = (one: Chosen): Wrong | undefined => {
    const same = (other: Chosen) => other.id !== one.id && other.name.toLowerCase() === one.name.toLowerCase();
    return wrongName(one.name, one.mediaType) ?? (chosen.some(same) ? "twice" : undefined);
  };
  return {
    chosen,
    ready: chosen.every((one) => one.state === "here" && !wrongNameOf(one)),
    sending: busy || next !== undefined,
    add: useCallback((files) => setChosen((all) => [...all, ...files.map(choose)]), []),
    rename: useCallback((id, name) => change(id, { name }), [change]),
    drop: useCallback((id) => {
      if (running.current?.id === id) running.current.stop.abort();
      setChosen((all) => all.filter((one) => one.id !== id));
    }, []),
    again: useCallback((id) => change(id, { state: "waiting", problem: undefined, upload: undefined }), [change]),
    wrongNameOf,
  };
}

function choose(file: File): Chosen {
  const wrong = wrongFile(file);
  return {
    id: newKey(),
    file,
    name: cleanName(file.name),
    mediaType: mediaTypeOf(file.name) ?? "",
    state: wrong ? "failed" : "waiting",
    sent: 0,
    ...(wrong ? { wrong } : {}),
  };
}
