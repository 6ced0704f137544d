// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Checkbox, Group, NumberInput, Radio, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { memo } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "~/i18n/texts";
import type { DataProblem, Field } from "./definition";
import { FileInput } from "./FileInput";
import { type Filling, inputId } from "./filling";
import { PersonInput, RecordInput, SiteInput } from "./pickers";
import { TableInput } from "./TableInput";
import { isObject, maxLength } from "./value";
import { instantAt, wallOf } from "./zone";

export interface InputProps {
  filling: Filling;
  field: Field;
  /** Where the value stands, as the server says it: batches[2].lot */
  path: string;
  /** The same as react-hook-form says it: batches.2.lot */
  name: string;
  required: boolean;
}

/** Common is what every input of a form has. */
export interface Common {
  id: string;
  label: string;
  description?: string;
  error?: string;
  required: boolean;
  readOnly: boolean;
  disabled: boolean;
}

/** useProblem says in the language of the page what is wrong at a path. */
export function useProblem(): (problem: DataProblem | undefined) => string | undefined {
  const { t } = useTranslation("forms");
  return (problem) =>
    problem &&
    t(`problem.${problem.code}` as "problem.required", { limit: problem.limit ?? "", defaultValue: problem.message ?? problem.code });
}

/** FieldInput asks one question, in the way of its type. It is drawn again when something of its own changes, not at every key. */
export const FieldInput = memo(Question, (a, b) => {
  const same = (get: (props: InputProps) => unknown) => get(a) === get(b);
  return (
    same((p) => p.field) &&
    same((p) => p.path) &&
    same((p) => p.required) &&
    same((p) => p.filling.readOnly) &&
    same((p) => p.filling.zone) &&
    same((p) => p.filling.names) &&
    same((p) => p.filling.control.control) &&
    (a.field.type === "table" ? same((p) => p.filling.view) && same((p) => p.filling.problems) : same(problemsOf))
  );
});

// What is shown of the problems of one field: its own, and those of the parts of a quantity.
const problemsOf = ({ filling, path }: InputProps): string =>
  [path, `${path}.value`, `${path}.unit`].map((at) => JSON.stringify(filling.problems.get(at))).join();

function Question(props: InputProps) {
  const { filling, field, path, name, required } = props;
  const { t } = useTranslation("forms");
  const say = useProblem();
  const { field: input } = useController({ name, control: filling.control.control });
  const problem = filling.problems.get(path);
  const locked = filling.readOnly || Boolean(field.read_only);
  const common: Common = {
    id: inputId(path),
    label: field.label,
    description: [field.help, field.read_only && t("readOnly"), field.personal && t("personal")].filter(Boolean).join(" · ") || undefined,
    error: problem && (problem.limit === undefined && problem.message ? problem.message : say(problem)),
    required,
    readOnly: locked,
    disabled: false,
  };
  const value: unknown = input.value;
  const text = typeof value === "string" ? value : "";
  const set = (next: unknown) => input.onChange(next === "" || next === undefined ? null : next);

  switch (field.type) {
    case "long_text":
      return (
        <Textarea
          {...common}
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          maxLength={maxLength(field)}
          onChange={(e) => set(e.currentTarget.value)}
          onBlur={input.onBlur}
        />
      );
    case "integer":
    case "decimal":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" || typeof value === "string" ? value : ""}
          allowDecimal={field.type === "decimal"}
          hideControls
          onChange={set}
          onBlur={input.onBlur}
        />
      );
    case "quantity":
      return <QuantityInput common={common} field={field} path={path} filling={filling} value={value} set={set} />;
    case "boolean":
      return (
        <Radio.Group {...common} value={typeof value === "boolean" ? String(value) : ""} onChange={(v) => set(v === "true")}>
          <Group gap="md" mt={4}>
            {["true", "false"].map((v) => (
              <Radio key={v} value={v} label={t(v === "true" ? "yes" : "no")} disabled={locked && String(value) !== v} />
            ))}
          </Group>
        </Radio.Group>
      );
    case "date":
      return <TextInput {...common} type="date" value={text} onChange={(e) => set(e.currentTarget.value)} onBlur={input.onBlur} />;
    case "instant":
      return <InstantInput common={common} zone={filling.zone} value={text} set={set} />;
    case "choice":
      return <ChoiceInput common={common} field={field} value={text} set={set} />;
    case "multi_choice":
      return (
        <Checkbox.Group {...common} value={Array.isArray(value) ? (value as string[]) : []} onChange={set}>
          <Stack gap={8} mt={4}>
            {field.options?.map((option) => (
              <Checkbox key={option.value} value={option.value} label={option.label} disabled={locked} />
            ))}
          </Stack>
        </Checkbox.Group>
      );
    case "person":
      return <PersonInput common={common} value={text} names={filling.names} set={set} />;
    case "site":
      return <SiteInput common={common} value={text} set={set} />;
    case "record":
      return <RecordInput common={common} value={text} names={filling.names} set={set} />;
    case "file":
      return <FileInput common={common} field={field} value={value} filling={filling} set={set} />;
    case "table":
      return <TableInput {...props} common={common} />;
    default:
      return (
        <TextInput
          {...common}
          type={field.type === "email" || field.type === "url" ? field.type : "text"}
          maxLength={maxLength(field)}
          value={text}
          onChange={(e) => set(e.currentTarget.value)}
          onBlur={input.onBlur}
        />
      );
  }
}

// Few options are seen at once; many are searched.
const seenAtOnce = 5;

function ChoiceInput({ common, field, value, set }: { common: Common; field: Field; value: string; set: (v: unknown) => void }) {
  const { t } = useTranslation("forms");
  const options = field.options ?? [];
  if (options.length <= seenAtOnce) {
    return (
      <Radio.Group {...common} value={value} onChange={set}>
        <Stack gap={8} mt={4}>
          {options.map((option) => (
            <Radio key={option.value} value={option.value} label={option.label} disabled={common.readOnly && option.value !== value} />
          ))}
        </Stack>
      </Radio.Group>
    );
  }
  return (
    <Select
      {...common}
      value={value === "" ? null : value}
      data={options.map(({ value, label }) => ({ value, label }))}
      searchable
      clearable={!common.required && !common.readOnly}
      placeholder={t("choose")}
      onChange={set}
    />
  );
}

function QuantityInput({
  common,
  field,
  path,
  filling,
  value,
  set,
}: {
  common: Common;
  field: Field;
  path: string;
  filling: Filling;
  value: unknown;
  set: (v: unknown) => void;
}) {
  const { t } = useTranslation("forms");
  const say = useProblem();
  const units = field.units ?? [];
  const quantity = isObject(value) ? value : {};
  const unit = typeof quantity.unit === "string" ? quantity.unit : units.length === 1 ? units[0] : null;
  const change = (next: { value?: unknown; unit?: unknown }) => {
    const number = "value" in next ? next.value : quantity.value;
    const chosen = "unit" in next ? next.unit : unit;
    const none = number === "" || number === undefined || number === null;
    if (none && (chosen === null || units.length === 1)) set(null);
    else set({ ...(none ? {} : { value: number }), ...(chosen ? { unit: chosen } : {}) });
  };
  return (
    <Group gap={8} align="end" wrap="nowrap">
      <NumberInput
        {...common}
        flex={1}
        error={common.error ?? say(filling.problems.get(`${path}.value`))}
        value={typeof quantity.value === "number" || typeof quantity.value === "string" ? quantity.value : ""}
        hideControls
        onChange={(value) => change({ value })}
      />
      <Select
        w={112}
        id={inputId(`${path}.unit`)}
        aria-label={`${field.label}: ${t("unit")}`}
        error={say(filling.problems.get(`${path}.unit`))}
        value={unit ?? null}
        data={units}
        searchable={units.length > seenAtOnce}
        readOnly={common.readOnly || units.length === 1}
        placeholder={t("unit")}
        onChange={(unit) => change({ unit })}
      />
    </Group>
  );
}

// The browser's own field is the one that a keyboard, a screen reader and a phone know best.
function InstantInput({
  common,
  zone,
  value,
  set,
}: {
  common: Common;
  zone: string | undefined;
  value: string;
  set: (v: unknown) => void;
}) {
  const { t } = useTranslation("forms");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const by = zone ?? here;
  const description = [common.description, by === here ? undefined : t("zone", { zone: by })].filter(Boolean).join(" · ") || undefined;
  return (
    <TextInput
      {...common}
      description={description}
      type="datetime-local"
      step={60}
      value={wallOf(value, by)}
      onChange={(e) => set(instantAt(e.currentTarget.value, by))}
    />
  );
}
