// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { holds, type Me } from "~/api/me";
import type { Record as RecordBody } from "~/api/types.gen";

/** What a person can do with a record. */
export type Act = "comment" | "link" | "correct" | "reclassify" | "extend" | "hold" | "resume" | "cancel" | "reopen";

/** changes says whether a person is offered anything that changes a record. Who may do which of it is the server's to say, with its reasons. */
export const changes = (me: Me): boolean =>
  holds(me, "reporter", "area_owner", "area_head", "investigator", "expert", "qa_approver", "quality_head");

/** actsOn are the acts that the standing of a record leaves. */
export function actsOn(record: Pick<RecordBody, "state" | "held_at" | "closed_at">): Act[] {
  if (record.state === "cancelled") return ["comment", "link"];
  if (record.closed_at || record.state === "closed") return ["comment", "link", "reopen"];
  return ["comment", "link", "correct", "reclassify", "extend", record.held_at ? "resume" : "hold", "cancel"];
}
