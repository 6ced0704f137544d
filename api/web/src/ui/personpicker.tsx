// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findPeople } from "~/api/people";
import { useTranslation } from "~/i18n/texts";

interface PersonPickerProps {
  label: string;
  value: string;
  onChange: (id: string) => void;
  description?: string;
  error?: string;
  required?: boolean;
  kind?: "person" | "service";
  /** The name of the value, where it was not picked here. */
  name?: string;
  size?: string;
}

/** PersonPicker finds somebody by a part of his name or username. */
export function PersonPicker({ value, onChange, kind, name, ...field }: PersonPickerProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<{ value: string; label: string }>();
  const [asked] = useDebouncedValue(typed, 200);
  const { data = [], isFetching } = useQuery(findPeople(asked.trim()));
  const found = data.filter((p) => !kind || p.kind === kind).map((p) => ({ value: p.id, label: p.name }));
  const label = picked?.value === value ? picked.label : (found.find((f) => f.value === value)?.label ?? name ?? value.slice(0, 8));
  const options = value !== "" && !found.some((f) => f.value === value) ? [{ value, label }, ...found] : found;
  return (
    <Select
      {...field}
      value={value === "" ? null : value}
      data={options}
      searchable
      clearable={!field.required}
      filter={({ options: all }) => all} // the server has searched
      nothingFoundMessage={t("palette.nothing")}
      rightSection={isFetching ? <Loader size={14} aria-hidden /> : undefined}
      onSearchChange={(text) => setTyped(text === label ? "" : text)}
      onChange={(next) => {
        setPicked(options.find((f) => f.value === next));
        onChange(next ?? "");
      }}
    />
  );
}
