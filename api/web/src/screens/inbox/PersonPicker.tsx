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
  error?: string;
}

/** PersonPicker finds whom to give work to. Who may not have it is refused with the rule's words. */
export function PersonPicker({ label, value, onChange, error }: PersonPickerProps) {
  const { t } = useTranslation(["forms", "common"]);
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<{ value: string; label: string }>();
  const [asked] = useDebouncedValue(typed.trim(), 200);
  const { data = [], isFetching } = useQuery(findPeople(asked));
  const found = data.filter((person) => person.kind === "person").map((person) => ({ value: person.id, label: person.name }));
  const kept = picked && picked.value === value && !found.some((one) => one.value === value) ? [picked] : [];
  return (
    <Select
      label={label}
      required
      searchable
      value={value || null}
      data={[...kept, ...found]}
      filter={({ options }) => options} // the server has searched
      placeholder={t("find")}
      nothingFoundMessage={t("common:palette.nothing")}
      error={error}
      rightSection={isFetching ? <Loader size={14} aria-hidden /> : undefined}
      onSearchChange={(text) => setTyped(text === picked?.label ? "" : text)}
      onChange={(next) => {
        setPicked(found.find((one) => one.value === next));
        onChange(next ?? "");
      }}
    />
  );
}
