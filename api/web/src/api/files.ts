// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import { type Answer, get, newKey, send, settle, url } from "./client";
import { type Command, type CommandOptions, type Intent, useCommand } from "./command";
import { offline, type Problem, problemOf } from "./problem";
import { recordKeys } from "./records";
import { session } from "./session";
import { taskKeys } from "./tasks";
import type { AttachInputBody, DetachInputBody, FilesOutputBody, Receipt, Upload } from "./types.gen";

export type { RecordFile, Upload } from "./types.gen";

/** What the server takes, by the ending of the name. It looks into every file and believes neither: models/file.go. */
export const mediaTypes: { readonly [ending: string]: string } = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  csv: "text/csv",
  txt: "text/plain",
  json: "application/json",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** maxFile is how large a file may be, bytes. */
export const maxFile = 25 * 1024 * 1024;

const uploadLimit = 200_000; // ms for a whole file: the server itself gives up after 180 s

/** filesQuery is every file that a record holds or held, in the order in which they were attached. */
export const filesQuery = (record: string) =>
  queryOptions({
    queryKey: [...recordKeys.one(record), "files"],
    queryFn: async ({ signal }) => (await get<FilesOutputBody>(url("/v1/records/{id}/files", { id: record }), signal)).items,
  });

/** fileAddress is where a file of a record is downloaded, also one that was taken off. */
export const fileAddress = (record: string, sha256: string): string => url("/v1/records/{record}/files/{sha256}", { record, sha256 });

export interface Sending {
  signal: AbortSignal;
  /** Told how many bytes are on their way, from zero again after an attempt that failed. */
  onSent: (bytes: number) => void;
}

/**
 * upload brings a file to the server, where it is kept for a day: it is no evidence before it is attached. The same bytes are kept once,
 * so it tries again where no answer came, and where the server asks to wait.
 */
export function upload(file: Blob, mediaType: string, { signal, onSent }: Sending): Promise<Upload> {
  const key = newKey();
  const attempt = () => {
    onSent(0);
    return post(file, { "Content-Type": mediaType, "Idempotency-Key": key }, { signal, onSent });
  };
  return settle(attempt, { signal, again: (problem) => problem.unknown || problem.status === 429 });
}

// fetch does not tell how much it has sent.
function post(file: Blob, headers: { [name: string]: string }, { signal, onSent }: Sending): Promise<Upload> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop);
    request.open("POST", "/v1/files");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.timeout = uploadLimit;
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () => void answered(request).then(resolve, reject);
    request.onerror = () => reject(offline());
    request.ontimeout = () => reject(offline());
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.send(file);
  });
}

async function answered(request: XMLHttpRequest): Promise<Upload> {
  if (request.status !== 201) {
    const headers = new Headers();
    for (const name of ["Content-Type", "Retry-After"]) headers.set(name, request.getResponseHeader(name) ?? "");
    const problem = await problemOf(new Response(request.responseText, { status: request.status, headers }));
    if (problem.sessionExpired) session.expire();
    throw problem;
  }
  try {
    return JSON.parse(request.responseText) as Upload;
  } catch {
    throw offline(); // cut off in the middle
  }
}

/** Attaching is one upload that becomes part of a record, at the version of it that the person saw. */
export interface Attaching {
  record: string;
  ifMatch: string;
  body: AttachInputBody;
}

/** Attached is the receipt, with the ETag of the version that has the file. */
export interface Attached extends Receipt {
  etag: string;
}

/** attachFile makes a version of a record with one more file. */
export async function attachFile(
  { record, ifMatch, body }: Attaching,
  intent: Partial<Intent> = { key: newKey() },
): Promise<Answer<Attached>> {
  const { data, etag } = await send<Receipt>({ address: url("/v1/records/{id}/files", { id: record }), body, ifMatch, ...intent });
  return { data: { ...data, etag }, etag };
}

const invalidates = [[...recordKeys.all], [...taskKeys.all]];

export function useAttach(told: Pick<CommandOptions<Attaching, Attached>, "onRecorded"> = {}): Command<Attaching, Attached> {
  return useCommand({ send: attachFile, invalidates, ...told });
}

/** useTakeOff makes a version without a file. The versions before keep it, and it can be downloaded as before. */
export function useTakeOff(
  record: string,
  sha256: string,
  ifMatch: string,
  told: Pick<CommandOptions<DetachInputBody, Attached>, "onRecorded"> = {},
): Command<DetachInputBody, Attached> {
  return useCommand({
    send: async (body, intent) => {
      const address = url("/v1/records/{record}/files/{sha256}/remove", { record, sha256 });
      const { data, etag } = await send<Receipt>({ address, body, ifMatch, ...intent });
      return { data: { ...data, etag }, etag };
    },
    identity: (body) => ({ body, ifMatch }),
    invalidates,
    ...told,
  });
}

/** problemAt is what the server says about one part of what it was sent. */
export const problemAt = (problem: Problem | undefined, path: string): string | undefined =>
  problem?.errors.find((error) => error.path === path)?.message;
