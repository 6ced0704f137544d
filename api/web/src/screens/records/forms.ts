// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { formQuery } from "~/api/forms";
import type { TypeView } from "~/api/types.gen";
import type { Field, FormDefinition } from "~/forms/definition";

/** Forms of a type's steps, by step. */
export type Forms = { readonly [step: string]: FormDefinition | undefined };

/** formOf is the id of the form of a step. */
export const formOf = (type: string, step: string): string => `${type}.${step}`;

/** useForms are the forms of steps as they are now. Where one is missing, its data is shown as it is. */
export function useForms(type: string, steps: readonly string[]): { forms: Forms; pending: boolean } {
  return useQueries({
    queries: steps.map((step) => formQuery(formOf(type, step))),
    combine: (answers) => ({
      forms: Object.fromEntries(steps.map((step, i) => [step, answers[i]?.data])),
      pending: answers.some((answer) => answer.isPending),
    }),
  });
}

/** fieldsOf is every top-level field of a form, in its order. */
export const fieldsOf = (form: FormDefinition): Field[] => form.pages.flatMap((page) => page.sections.flatMap((s) => s.fields));

// The field by which a process asks for the class of a record.
const classField = "class";

/** useClasses are the classes that records of the types can have, as their forms offer them. */
export function useClasses(types: TypeView[]): string[] {
  const ids = useMemo(
    () =>
      types.flatMap((type) => type.steps.filter((step) => !step.side && step.kind === "task").map((step) => formOf(type.name, step.name))),
    [types],
  );
  return useQueries({
    queries: ids.map((id) => formQuery(id)),
    combine: (answers) => [
      ...new Set(
        answers.flatMap(({ data }) =>
          data
            ? fieldsOf(data).flatMap((f) => (f.id === classField && f.type === "choice" ? (f.options ?? []).map((o) => o.value) : []))
            : [],
        ),
      ),
    ],
  });
}
