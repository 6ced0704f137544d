// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Text } from "@mantine/core";
import { useMemo } from "react";
import type { Data, Field, FormDefinition } from "~/forms/definition";
import { score } from "~/forms/evaluate";
import { empty, isList, isObject } from "~/forms/value";
import { View } from "~/forms/view";
import { useTranslation } from "~/i18n/texts";
import { DateTime } from "~/ui/time";
import classes from "./Answers.module.css";
import { type Former, formersAt } from "./corrections";
import { Value } from "./Value";
import { plain } from "./words";

interface AnswersProps {
  form: FormDefinition;
  data: Data;
  formers: readonly Former[];
  zone: string | undefined;
}

/** Answers is a form as it was filled in, to be read: what applies, in the order of the form. */
export function Answers({ form, data, formers, zone }: AnswersProps) {
  const { t } = useTranslation("forms");
  const view = useMemo(() => new View(form, data), [form, data]);
  const sum = score(form, data);
  const several = view.sections.length > 1;
  return (
    <>
      {view.sections.map((section) => {
        const fields = section.fields.filter((field) => view.visible(field.id));
        if (fields.length === 0) return null;
        return (
          <div key={section.id} className={classes.section}>
            {several && (
              <h3 className={classes.title} dir="auto">
                {section.title}
              </h3>
            )}
            <dl className={classes.answers}>
              {fields.map((field) => (
                <Answer key={field.id} view={view} field={field} formers={formers} zone={zone} />
              ))}
            </dl>
          </div>
        );
      })}
      {sum.questions > 0 && <Text size="sm">{t("score", { ...sum })}</Text>}
    </>
  );
}

function Answer({ view, field, formers, zone }: { view: View; field: Field; formers: readonly Former[]; zone: string | undefined }) {
  const value = view.value(field.id);
  const table = field.type === "table" && isList(value) && value.length > 0;
  const mine = formersAt(formers, field.id, table);
  return (
    <div className={classes.answer} data-wide={table || undefined}>
      <dt dir="auto">{field.label}</dt>
      <dd>
        {mine.map((former) => (
          <Was key={`${former.version}${former.path}`} former={former} field={field} zone={zone} />
        ))}
        {table ? (
          <Rows view={view} field={field} rows={value} formers={formers} zone={zone} />
        ) : (
          <Value field={field} value={value} zone={zone} />
        )}
      </dd>
    </div>
  );
}

function Rows({
  view,
  field,
  rows,
  formers,
  zone,
}: {
  view: View;
  field: Field;
  rows: readonly unknown[];
  formers: readonly Former[];
  zone: string | undefined;
}) {
  const seen = rows.map((cells) => view.row(field, cells));
  const columns = (field.columns ?? []).filter((column) => seen.some((row) => row.visible(column) && !empty(column, row.value(column.id))));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keys
    <section className={classes.scroll} tabIndex={0} aria-label={field.label}>
      <table className={classes.table}>
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
          {seen.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
            <tr key={i}>
              {columns.map((column) => (
                <td key={column.id} data-label={column.label} data-number={numbers.has(column.type) || undefined}>
                  {formersAt(formers, `${field.id}[${i}].${column.id}`, false).map((former) => (
                    <Was key={`${former.version}${former.path}`} former={former} field={column} zone={zone} />
                  ))}
                  {row.visible(column) ? <Value field={column} value={row.value(column.id)} zone={zone} /> : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const numbers = new Set(["integer", "decimal", "quantity"]);

// What stood there before is struck through, never gone: 21 CFR 11.10(e).
function Was({ former, field, zone }: { former: Former; field: Field; zone: string | undefined }) {
  const { t } = useTranslation("records");
  const part = /\.(value|unit)$/.exec(former.path);
  return (
    <div className={classes.was}>
      <del>{field.type === "quantity" && part ? String(former.old) : <Value field={field} value={former.old} zone={zone} />}</del>
      <span className={classes.why}>
        {former.reason !== "" && <>{former.reason} · </>}
        {t("data.changedBy", { who: former.by, version: former.version })} · <DateTime at={former.at} zone={zone} />
      </span>
    </div>
  );
}

/** RawAnswers is data without a form: of a part that the server made itself. */
export function RawAnswers({ data }: { data: unknown }) {
  if (!isObject(data)) return <Text size="sm">{JSON.stringify(data)}</Text>;
  return (
    <dl className={classes.answers}>
      {Object.entries(data).map(([name, value]) => (
        <div key={name} className={classes.answer}>
          <dt>{plain(name)}</dt>
          <dd>{typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
