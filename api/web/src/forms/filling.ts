// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";
import type { FieldProblem, Upload } from "~/api/types.gen";
import type { Data, DataProblem, FormDefinition } from "./definition";
import { clean, defaults, validate } from "./evaluate";
import { View } from "./view";

/** NamedFile is a file as an answer names it. */
export interface NamedFile {
  name: string;
  sha256: string;
}

/** TakeFile makes a file that the server has one of the record's, and says how it is called there. It throws the Problem that keeps it from that. */
export type TakeFile = (file: { name: string; upload: Upload }) => Promise<NamedFile>;

/** Filling is one form being filled in. FormFields draws it. */
export interface Filling {
  form: FormDefinition;
  control: UseFormReturn<Data>;
  view: View;
  data: Data;
  /** Something was typed since the beginning, or since saved(). */
  dirty: boolean;
  /** Problems to be shown, by path: ours after the first try to complete, and the server's. */
  problems: ReadonlyMap<string, DataProblem>;
  readOnly: boolean;
  zone: string | undefined;
  names: { readonly [id: string]: string };
  /** Absent where no files can be chosen. */
  takeFile: TakeFile | undefined;
  /** They become the record's when it is recorded, not at once. */
  filesLater: boolean;
  /** The page of the form that is shown. */
  page: number;
  setPage: (page: number) => void;
  /** The data as it would be sent, or undefined, with the first problem shown and focused. */
  complete: () => Data | undefined;
  /** The data of a draft: whatever can be stored. */
  draft: () => Data;
}

export interface FillingOptions {
  form: FormDefinition;
  /** What was filled in before: a draft, or the record's data. Defaults are added for a new form. */
  data?: Data;
  readOnly?: boolean;
  /** Where the server found something wrong; paths may begin with "data.". */
  problems?: FieldProblem[];
  /** Zone of the site, by whose clock instants are filled in. */
  zone?: string;
  /** Printed names of people, sites and records by id. */
  names?: { readonly [id: string]: string };
  takeFile?: TakeFile | undefined;
  filesLater?: boolean;
  /** Told a moment after each change: keep the draft. */
  onChange?: (data: Data) => void;
}

const nobody = {};
const settle = 800; // ms of quiet before a change is told

/** useFilling holds the data of a form while it is filled in. */
export function useFilling(options: FillingOptions): Filling {
  const { form, data, readOnly = false, problems: told = [], zone, names = nobody, onChange, filesLater = false } = options;
  const control = useForm<Data>({ defaultValues: useMemo(() => structuredClone(data ?? defaults(form)), [data, form]) });
  const values = useWatch({ control: control.control }) as Data;
  const view = useMemo(() => new View(form, values), [form, values]);
  const [tried, setTried] = useState(false);
  const [page, setPage] = useState(0);
  const [kept, setKept] = useState(told);
  const { isDirty } = control.formState;

  // What the server said is about what was sent: it is shown until the field is changed.
  const news = JSON.stringify(told);
  useEffect(() => setKept(JSON.parse(news)), [news]);
  useEffect(
    () =>
      control.watch((_, { name }) => {
        if (name) setKept((all) => (all.length === 0 ? all : all.filter((p) => fieldOf(p.path) !== name.split(".")[0])));
      }).unsubscribe,
    [control],
  );

  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (!isDirty || readOnly) return;
    const timer = setTimeout(() => latest.current?.(draftOf(form, values)), settle);
    return () => clearTimeout(timer);
  }, [values, isDirty, readOnly, form]);

  const problems = useMemo(() => {
    const all = new Map<string, DataProblem>();
    const ours = validate(form, tidy(values), tried ? "complete" : "draft").filter((p) => p.code !== "hidden");
    for (const p of [...kept.map((p) => ({ ...p, path: withoutData(p.path) })), ...ours]) if (!all.has(p.path)) all.set(p.path, p);
    return all;
  }, [form, values, tried, kept]);

  const complete = useCallback(() => {
    setTried(true);
    const cleaned = clean(form, tidy(control.getValues()));
    const wrong = validate(form, cleaned, "complete");
    if (wrong.length === 0) return cleaned;
    const first = fieldOf(wrong[0]?.path ?? "");
    setPage(
      Math.max(
        0,
        form.pages.findIndex((p) => p.sections.some((s) => s.fields.some((f) => f.id === first))),
      ),
    );
    setTimeout(() => focusOn(wrong[0]?.path ?? ""), 50); // after its page is drawn
    return undefined;
  }, [control, form]);

  const taking = useRef(options.takeFile);
  taking.current = options.takeFile;
  const take = useCallback<TakeFile>((file) => taking.current?.(file) ?? Promise.reject(new Error("no files are taken here")), []);
  const takeFile = options.takeFile && take;

  const draft = useCallback(() => draftOf(form, control.getValues()), [control, form]);
  return {
    form,
    control,
    view,
    data: values,
    dirty: isDirty,
    problems,
    readOnly,
    zone,
    names,
    takeFile,
    filesLater,
    page,
    setPage,
    complete,
    draft,
  };
}

const withoutData = (path: string) => path.replace(/^data\./, "");
const fieldOf = (path: string) => withoutData(path).split(/[.[]/)[0] ?? "";

// react-hook-form keeps a key for each field that is drawn: undefined is no answer, and no key.
const tidy = (data: Data): Data => Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));

const draftOf = (form: FormDefinition, data: Data): Data => clean(form, tidy(data));

/** inputId is the id of the input of a path, by which a problem leads to it. */
export const inputId = (path: string) => `field-${path.replace(/[^a-z0-9_]+/g, "-")}`;

function focusOn(path: string): void {
  for (let at = path; at !== ""; at = at.replace(/(\.[^.[]*|\[\d+\]|^[^.[]*)$/, "")) {
    const input = document.getElementById(inputId(at));
    if (!input) continue;
    input.scrollIntoView({ block: "center" });
    input.focus();
    return;
  }
}
