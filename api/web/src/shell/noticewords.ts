// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { TFunction } from "i18next";
import type { Notice } from "~/api/notices";
import { instantText } from "~/ui/instant";

/** noticeWords is what a notice says, in the language of the page. */
export function noticeWords({ kind, about, record }: Notice, t: TFunction<"notices">, language: string): string {
  const who = (person: { name: string } | undefined) => person?.name || t("somebody"); // a name may have been erased
  const when = (at: string | undefined) => (at ? instantText(at, undefined, language) : "");
  return t(`kind.${kind}`, {
    what: about.what || record?.number || "",
    by: who(about.by),
    absent: who(about.absent),
    substitute: who(about.substitute),
    due: when(about.due_at),
    from: when(about.from),
    to: when(about.to),
    needed: about.needed ?? 0,
    found: about.found ?? 0,
  });
}
