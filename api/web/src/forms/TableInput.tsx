// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, Input, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useFieldArray } from "react-hook-form";
import { useTranslation } from "~/i18n/texts";
import { type Common, FieldInput, type InputProps } from "./FieldInput";
import classes from "./FormFields.module.css";
import { isList, maxRows } from "./value";

/** TableInput asks the same questions row by row. */
export function TableInput({ filling, field, path, name, common }: InputProps & { common: Common }) {
  const { t } = useTranslation("forms");
  const { fields: rows, append, remove } = useFieldArray({ control: filling.control.control, name: name as never });
  const value = filling.view.value(field.id);
  const items = isList(value) ? value : [];
  const add = () => {
    const fresh = Object.fromEntries((field.columns ?? []).flatMap((c) => (c.default === undefined ? [] : [[c.id, c.default]])));
    append(fresh as never, { shouldFocus: false });
  };
  return (
    <Input.Wrapper {...common} labelElement="div">
      <Stack gap="sm" mt={4}>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("noRows")}
          </Text>
        )}
        {rows.map((row, i) => {
          const view = filling.view.row(field, items[i]);
          const label = t("row", { label: field.label, n: i + 1 });
          return (
            <fieldset key={row.id} className={classes.row} aria-label={label}>
              <div className={classes.rowHead}>
                <Text size="sm" fw={500}>
                  {label}
                </Text>
                {!common.readOnly && (
                  <ActionIcon aria-label={t("removeRow", { label: field.label, n: i + 1 })} onClick={() => remove(i)}>
                    <IconTrash size={16} />
                  </ActionIcon>
                )}
              </div>
              <div className={classes.fields}>
                {field.columns
                  ?.filter((column) => view.visible(column))
                  .map((column) => (
                    <div key={column.id} className={classes.field} data-wide={column.type === "long_text" || undefined}>
                      <FieldInput
                        filling={filling}
                        field={column}
                        path={`${path}[${i}].${column.id}`}
                        name={`${name}.${i}.${column.id}`}
                        required={filling.view.required(column, view)}
                      />
                    </div>
                  ))}
              </div>
            </fieldset>
          );
        })}
        {!common.readOnly && rows.length < maxRows(field) && (
          <Button id={common.id} variant="default" w="fit-content" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t("addRow", { label: field.label })}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
