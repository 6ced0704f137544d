// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useMemo } from "react";
import type { Data, Field, FormDefinition } from "~/forms/definition";
import { empty, isList, isObject } from "~/forms/value";
import { View } from "~/forms/view";
import { useTranslation } from "~/i18n/texts";
import { DateTime } from "~/ui/time";
import classes from "./Task.module.css";

type Names = { readonly [id: string]: string };

interface AnswersProps {
  form: FormDefinition;
  data: Data;
  zone: string | undefined;
  names: Names;
}

/** Answers is what was filled in, to be read beside a decision: the questions that were answered, in the order of the form. */
export function Answers({ form, data, zone, names }: AnswersProps) {
  const view = useMemo(() => new View(form, data), [form, data]);
  return (
    <div className={classes.readOnly}>
      {view.sections.map((section) => {
        const fields = section.fields.filter((field) => view.visible(field.id) && !empty(field, view.value(field.id)));
        if (fields.length === 0) return null;
        return (
          <div key={section.id}>
            {view.sections.length > 1 && <h3 dir="auto">{section.title}</h3>}
            <dl className={classes.answers}>
              {fields.map((field) => (
                <div key={field.id}>
                  <dt dir="auto">{field.label}</dt>
                  <dd dir="auto">
                    <Answer field={field} value={view.value(field.id)} zone={zone} names={names} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        );
      })}
    </div>
  );
}

interface AnswerProps {
  field: Field;
  value: unknown;
  zone: string | undefined;
  names: Names;
}

function Answer({ field, value, zone, names }: AnswerProps) {
  const label = (one: unknown) => field.options?.find((option) => option.value === one)?.label ?? String(one);
  switch (field.type) {
    case "boolean":
      return <YesNo yes={value === true} />;
    case "choice":
      return label(value);
    case "multi_choice":
      return isList(value) ? value.map(label).join(", ") : null;
    case "instant":
      return <DateTime at={String(value)} zone={zone} />;
    case "quantity":
      return isObject(value) ? `${value.value} ${value.unit ?? ""}` : null;
    case "person":
    case "site":
    case "group":
    case "record":
      return names[String(value)] ?? <span className="mono">{String(value)}</span>;
    case "file":
      return isList(value) ? value.map((file) => (isObject(file) ? String(file.name) : "")).join(", ") : null;
    case "table":
      return <Cells field={field} rows={isList(value) ? value : []} zone={zone} names={names} />;
    default:
      return String(value);
  }
}

function YesNo({ yes }: { yes: boolean }) {
  const { t } = useTranslation();
  return t(yes ? "state.yes" : "state.no");
}

function Cells({ field, rows, zone, names }: { field: Field; rows: readonly unknown[]; zone: string | undefined; names: Names }) {
  const columns = (field.columns ?? []).filter((column) => rows.some((row) => isObject(row) && !empty(column, row[column.id])));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keys
    // biome-ignore lint/a11y/useSemanticElements: a table is no set of fields
    <div role="group" aria-label={field.label} className={classes.cellsFrame} tabIndex={0}>
      <table className={classes.cells}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.id}>
                  {isObject(row) && !empty(column, row[column.id]) && (
                    <Answer field={column} value={row[column.id]} zone={zone} names={names} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
