// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Offered } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";

/** humanize makes words of a name that there is no text for: "qa_approver" is "Qa approver". */
export function humanize(name: string): string {
  const words = name.replace(/[._]+/g, " ").trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** useWords says the names that the server's declarations have in the language of the page. */
export function useWords() {
  const { t } = useTranslation("task");
  const word = (group: "outcome" | "class" | "state" | "meaning" | "action" | "did" | "rung", name: string) =>
    t(`${group}.${name.replaceAll(".", "_")}` as "outcome.done", { defaultValue: humanize(name) });
  return { word };
}

/** useThen says what a verdict leads to. The server's words know most; they are English. */
export function useThen(): (offered: Offered) => string {
  const { t, i18n } = useTranslation("task");
  return (offered) => {
    if (i18n.language === "en") return offered.then;
    const steps = offered.next.map((step) => step.title).join(t("or"));
    return t(`leads.${offered.leads}`, { steps });
  };
}
