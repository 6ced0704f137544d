// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "~/i18n/texts";
import { score } from "./evaluate";
import { FieldInput } from "./FieldInput";
import classes from "./FormFields.module.css";
import type { Filling } from "./filling";

/** FormFields draws a form: its pages one at a time, and what of them is shown. */
export function FormFields({ filling }: { filling: Filling }) {
  const { t } = useTranslation("forms");
  const { form, view, page, setPage, readOnly, problems } = filling;
  const pages = form.pages
    .map((p, index) => ({ ...p, index, sections: p.sections.filter((s) => s.fields.some((f) => view.visible(f.id))) }))
    .filter((p) => p.sections.length > 0);
  const at = Math.max(
    0,
    pages.findIndex((p) => p.index === page),
  );
  const shown = readOnly ? pages : pages.slice(at, at + 1);
  const sum = score(form, filling.data);
  const next = pages[at + 1];
  const previous = pages[at - 1];
  return (
    <Stack gap="lg">
      {shown.map((p) => (
        <Stack key={p.id} gap="lg" component="section" aria-label={p.title}>
          {pages.length > 1 && (
            <Group justify="space-between">
              <Title order={2} dir="auto">
                {p.title}
              </Title>
              {!readOnly && (
                <Text size="xs" c="dimmed">
                  {t("page", { n: at + 1, of: pages.length })}
                </Text>
              )}
            </Group>
          )}
          {p.sections.map((section) => (
            <fieldset key={section.id} className={classes.section}>
              <legend className={classes.title} dir="auto">
                {section.title}
              </legend>
              <div className={classes.fields}>
                {section.fields
                  .filter((field) => view.visible(field.id))
                  .map((field) => (
                    <div key={field.id} className={classes.field} data-wide={wide.has(field.type) || undefined}>
                      <FieldInput filling={filling} field={field} path={field.id} name={field.id} required={view.required(field)} />
                    </div>
                  ))}
              </div>
            </fieldset>
          ))}
        </Stack>
      ))}
      {sum.questions > 0 && <Text size="sm">{t("score", { ...sum })}</Text>}
      {!readOnly && pages.length > 1 && (
        <Group gap="xs">
          {previous && (
            <Button variant="default" onClick={() => setPage(previous.index)}>
              {t("back")}
            </Button>
          )}
          {next && (
            <Button variant="default" onClick={() => setPage(next.index)}>
              {t("next")}
            </Button>
          )}
        </Group>
      )}
      <div aria-live="polite">{problems.size > 0 && <Text c="var(--bad)">{t("problems", { count: problems.size })}</Text>}</div>
    </Stack>
  );
}

const wide = new Set(["long_text", "table", "file", "multi_choice"]);
