// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { type FieldChange, namesQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { isObject } from "~/forms/value";
import { useTranslation } from "~/i18n/texts";
import { ChangedFileList } from "~/ui/changedfilelist";
import { changedFiles } from "~/ui/changedfiles";
import { dateText, instantText } from "~/ui/instant";
import classes from "./Answers.module.css";
import { partOf } from "./corrections";
import { fieldAt } from "./fields";
import { useForms } from "./forms";
import pageClasses from "./RecordPage.module.css";
import { Value } from "./Value";
import { plain, useWords } from "./words";

/** Changes are fields with what they said and say now: the old value struck through. */
export function Changes({ record, changes }: { record: RecordBody; changes: readonly FieldChange[] }) {
  const steps = [...new Set(changes.flatMap((change) => partOf(change.field)?.step ?? []))];
  const { forms } = useForms(record.type, steps);
  if (changes.length === 0) return null;
  return (
    <dl className={pageClasses.changes}>
      {changes.flatMap(apart).map((change) => {
        const at = partOf(change.field);
        const form = at && forms[at.step];
        return <Change key={change.field} record={record} change={change} found={form && at ? fieldAt(form, at.path) : undefined} />;
      })}
    </dl>
  );
}

// The first version has all parts of the data at once.
function apart(change: FieldChange): FieldChange[] {
  if (change.field !== "data" || !isObject(change.new)) return [change];
  return Object.entries(change.new).map(([step, given]) => ({ field: `data.${step}`, old: null, new: given }));
}

function Change({ record, change, found }: { record: RecordBody; change: FieldChange; found: ReturnType<typeof fieldAt> }) {
  const { t } = useTranslation("records");
  const words = useWords();
  const at = partOf(change.field);
  const step = at && words.step(record.type, at.step);
  const name = useChangeName(record, change.field);
  const label = step ? [step, found?.label ?? at.path].filter((part) => part !== "").join(" › ") : name;
  const value = (v: unknown) => {
    if (found && !found.part) return <Value field={found.field} value={v} zone={record.site.zone} />;
    if (change.field === "class") return words.className(String(v));
    return <Raw value={v} zone={record.site.zone} />;
  };
  const files = changedFiles(change);
  if (files) {
    return (
      <>
        <dt>{t("field.file")}</dt>
        <dd>
          <ChangedFileList files={files} />
        </dd>
      </>
    );
  }
  const given = change.new !== null && change.new !== undefined;
  const whole = at !== undefined && at.path === "";
  return (
    <>
      <dt dir="auto">{label}</dt>
      <dd>
        {change.old !== null && change.old !== undefined && !whole && (
          <div className={classes.was}>
            <del>{value(change.old)}</del>
          </div>
        )}
        {whole ? t(given ? "versions.filled" : "versions.emptied") : given ? value(change.new) : t("versions.removed")}
      </dd>
    </>
  );
}

// What is no data of a form: the title, the class, a step, an assignee.
function useChangeName(record: RecordBody, field: string): string {
  const { t } = useTranslation("records");
  const words = useWords();
  if (field.startsWith("step.")) return words.step(record.type, field.slice(5));
  return t(`field.${field}` as "field.title", { defaultValue: plain(field.replaceAll(".", " ")) });
}

const isInstant = (value: unknown): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:/.test(value);

/** Raw is a value whose form is not known, without its punctuation. */
function Raw({ value, zone }: { value: unknown; zone: string | undefined }) {
  const { i18n } = useTranslation();
  const words = useWords();
  const names = useQuery(namesQuery).data;
  const text = (v: unknown): string => {
    if (isInstant(v)) return instantText(v, zone, i18n.language);
    if (typeof v === "string" && names?.[v]) return names[v];
    if (typeof v === "string") return /^\d{4}-\d\d-\d\d$/.test(v) ? dateText(v, "UTC", i18n.language) : v;
    if (Array.isArray(v)) return v.map(text).join(", ");
    return typeof v === "object" && v !== null ? JSON.stringify(v) : String(v);
  };
  if (!isObject(value)) return <bdi>{text(value)}</bdi>;
  const lines = Object.entries(value).filter(([, v]) => v !== null && v !== "" && v !== 0);
  return (
    <>
      {lines.map(([name, v]) => (
        <div key={name}>
          {plain(name)}: <bdi>{name === "state" || name === "outcome" ? words.outcome(String(v)) : text(v)}</bdi>
        </div>
      ))}
    </>
  );
}
