// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findRecords, recordQuery } from "~/api/records";

/** RecordPicker finds a record by its number or a part of its title. */
export function RecordPicker({ label, value, onChange }: { label: string; value: string; onChange: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed, 200);
  const found = (useQuery(findRecords(asked)).data ?? []).map((r) => ({ value: r.id, label: `${r.number} ${r.title}` }));
  const chosen = useQuery({ ...recordQuery(value), enabled: value !== "" }).data?.data;
  const own = value === "" ? [] : [{ value, label: chosen?.number ?? value.slice(0, 8) }];
  return (
    <Select
      size="xs"
      label={label}
      value={value === "" ? null : value}
      data={[...own, ...found.filter((f) => f.value !== value)]}
      searchable
      clearable
      filter={({ options }) => options} // the server has searched
      onSearchChange={(text) => setTyped(text === own[0]?.label ? "" : text)}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}
