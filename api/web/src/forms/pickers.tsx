// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findPeople, sitesQuery } from "~/api/people";
import { findRecords } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import type { Common } from "./FieldInput";

interface PickerProps {
  common: Common;
  value: string;
  names?: { readonly [id: string]: string };
  set: (value: unknown) => void;
}

interface Found {
  value: string;
  label: string;
}

/** PersonInput finds a person by name or username. */
export function PersonInput(props: PickerProps) {
  const { t } = useTranslation("forms");
  return <Finder {...props} placeholder={t("find")} useFound={usePeople} />;
}

/** RecordInput finds a record by number or title. */
export function RecordInput(props: PickerProps) {
  const { t } = useTranslation("forms");
  return <Finder {...props} placeholder={t("findRecord")} useFound={useRecords} />;
}

const usePeople = (q: string) => {
  const { data = [], isFetching } = useQuery(findPeople(q));
  return { found: data.filter((p) => p.kind === "person").map((p) => ({ value: p.id, label: p.name })), isFetching };
};

const useRecords = (q: string) => {
  const { data = [], isFetching } = useQuery(findRecords(q));
  return { found: data.map((r) => ({ value: r.id, label: `${r.number} ${r.title}` })), isFetching };
};

interface FinderProps extends PickerProps {
  placeholder: string;
  useFound: (q: string) => { found: Found[]; isFetching: boolean };
}

function Finder({ common, value, names = {}, set, placeholder, useFound }: FinderProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<Found>();
  const [asked] = useDebouncedValue(typed, 200);
  const { found, isFetching } = useFound(asked.trim());
  const label = picked?.value === value ? picked.label : (names[value] ?? value);
  const data = value !== "" && !found.some((f) => f.value === value) ? [{ value, label }, ...found] : found;
  return (
    <Select
      {...common}
      value={value === "" ? null : value}
      data={data}
      searchable
      clearable={!common.required && !common.readOnly}
      filter={({ options }) => options} // the server has searched
      placeholder={placeholder}
      nothingFoundMessage={t("palette.nothing")}
      rightSection={isFetching ? <Loader size={14} aria-hidden /> : undefined}
      onSearchChange={(text) => setTyped(text === label ? "" : text)}
      onChange={(next) => {
        setPicked(found.find((f) => f.value === next));
        set(next);
      }}
    />
  );
}

/** SiteInput chooses a site of the organization. */
export function SiteInput({ common, value, set }: PickerProps) {
  const { t } = useTranslation("forms");
  const sites = useQuery(sitesQuery).data ?? [];
  return (
    <Select
      {...common}
      value={value === "" ? null : value}
      data={sites.map((site) => ({ value: site.id, label: site.name ?? site.id }))}
      searchable={sites.length > 5}
      clearable={!common.required && !common.readOnly}
      placeholder={t("choose")}
      onChange={set}
    />
  );
}
