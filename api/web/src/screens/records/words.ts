// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { typesQuery } from "~/api/records";
import type { TypeView } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";

const acronyms = new Set(["capa", "gmp", "qa"]);

/** plain makes words of a name of the server's: "capa_decision" is "CAPA decision". */
export function plain(name: string): string {
  const words = name
    .split("_")
    .map((word) => (acronyms.has(word) ? word.toUpperCase() : word))
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** stateTitle is what a state is called: by the one step that it stands for, or by its own name where there are several. */
export function stateTitle(type: TypeView | undefined, state: string): string {
  const steps = type?.steps.filter((step) => step.state === state) ?? [];
  return steps.length === 1 && steps[0] ? steps[0].title : plain(state);
}

/** statesOf is the states that records of the types can be in, in the order of their processes. */
export function statesOf(types: TypeView[]): string[] {
  return [...new Set([...types.flatMap((type) => type.steps.map((step) => step.state)), "closed", "cancelled"])].filter(
    (state) => state !== "",
  );
}

/** useWords says in the language of the page what types, states, steps, classes and acts are called. Types bring their own words. */
export function useWords() {
  const { t } = useTranslation(["records", "task"]);
  const types = useQuery(typesQuery).data;
  const find = (name: string) => types?.find((type) => type.name === name);
  // Names that every process shares have words here; a name without any is told as it is.
  const known = (key: string, name: string) => t(`${key}.${name}` as "class.minor", { defaultValue: plain(name) });
  return {
    type: (name: string) => find(name)?.title ?? plain(name),
    state: (type: string, state: string) =>
      t(`task:state.${state}` as "task:state.closed", { defaultValue: stateTitle(find(type), state) }),
    step: (type: string, step: string) => find(type)?.steps.find((s) => s.name === step)?.title ?? plain(step),
    className: (name: string) => (name === "" ? t("noClass") : known("class", name)),
    flag: (name: string) => known("flag", name),
    outcome: (name: string) => known("outcome", name),
    linkKind: (name: string) => known("linkKind", name),
    act: (action: string) => t(`act.${action}` as "act.record.create", { defaultValue: plain(action.replace(".", ": ")) }),
  };
}
