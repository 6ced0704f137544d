// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { send, url } from "./client";
import { type Command, type CommandOptions, useCommand } from "./command";
import { recordKeys } from "./records";
import { taskKeys } from "./tasks";
import type {
  CommentInputBody,
  CorrectInputBody,
  ExtendInputBody,
  FileInputBody,
  LinkInputBody,
  PrintMade,
  Receipt,
  ReclassifyInputBody,
  Record as RecordBody,
  WhyInputBody,
} from "./types.gen";

/** What each command that changes the course of a record is told. */
export interface RecordChanges {
  correct: CorrectInputBody;
  reclassify: ReclassifyInputBody;
  extend: ExtendInputBody;
  hold: WhyInputBody;
  resume: undefined;
  cancel: WhyInputBody;
  reopen: WhyInputBody;
}

const invalidates = [[...recordKeys.all], [...taskKeys.all]];

type Told<V, T> = Pick<CommandOptions<V, T>, "onRecorded">;

/** useRecordChange gives a command on the version of a record that the person saw, named by its ETag. */
export function useRecordChange<K extends keyof RecordChanges>(
  id: string,
  verb: K,
  ifMatch: string,
  told: Told<RecordChanges[K], Receipt> = {},
): Command<RecordChanges[K], Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url(`/v1/records/{id}/${verb}`, { id }), body, ifMatch, ...intent }),
    identity: (body) => ({ body, ifMatch }),
    invalidates,
    ...told,
  });
}

export function useLink(id: string, told: Told<LinkInputBody, Receipt> = {}): Command<LinkInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/records/{id}/links", { id }), body, ...intent }),
    invalidates,
    ...told,
  });
}

export function useComment(id: string, told: Told<CommentInputBody, Receipt> = {}): Command<CommentInputBody, Receipt> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/records/{id}/comments", { id }), body, ...intent }),
    invalidates,
    ...told,
  });
}

/** usePrint records a copy on paper. Its page is good once, for ten minutes, for who made it. */
export function usePrint(id: string, told: Told<{ version?: number }, PrintMade> = {}): Command<{ version?: number }, PrintMade> {
  return useCommand({
    send: (body, intent) => send({ address: url("/v1/records/{id}/print", { id }), body, ...intent }),
    invalidates: [[...recordKeys.one(id)]],
    ...told,
  });
}

/** useFiling files a record at the path of its type. */
export function useFiling(path: string, told: Told<FileInputBody, RecordBody> = {}): Command<FileInputBody, RecordBody> {
  return useCommand({ send: (body, intent) => send({ address: path, body, ...intent }), invalidates, ...told });
}
