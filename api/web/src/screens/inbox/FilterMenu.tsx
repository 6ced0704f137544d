// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMe } from "~/api/me";
import { typesQuery } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import { filters, type InboxSearch, type Sort, sortsOf } from "./search";

interface FilterMenuProps {
  search: InboxSearch;
  onSearch: (change: Partial<InboxSearch>) => void;
}

/** FilterMenu narrows and sorts the list. What it offers is what the server declares: types, their steps, and the sites. */
export default function FilterMenu({ search, onSearch }: FilterMenuProps) {
  const { t } = useTranslation("inbox");
  const me = useMe();
  const types = useQuery(typesQuery).data ?? [];
  const type = types.find((one) => one.name === search.type) ?? (types.length === 1 ? types[0] : undefined);
  const any = { value: "", label: t("any") };
  const box = search.box ?? "mine";
  const done = box === "done" || box === "decided";
  const choose = (name: keyof InboxSearch) => ({
    size: "xs" as const,
    value: search[name] ?? "",
    onChange: (event: React.ChangeEvent<HTMLSelectElement | HTMLInputElement>) =>
      onSearch({ [name]: event.currentTarget.value || undefined }),
  });
  return (
    <Stack gap="xs">
      <NativeSelect
        {...choose("sort")}
        label={t("sort")}
        value={search.sort ?? sortsOf(box)[0]}
        data={sortsOf(box).map((sort: Sort) => ({ value: sort, label: t(`sortBy.${sort}`) }))}
      />
      {types.length > 1 && (
        <NativeSelect
          {...choose("type")}
          label={t("filters.type")}
          data={[any, ...types.map((one) => ({ value: one.name, label: one.title }))]}
        />
      )}
      {type && (
        <NativeSelect
          {...choose("step")}
          label={t("filters.step")}
          data={[any, ...type.steps.map((step) => ({ value: step.name, label: step.title }))]}
        />
      )}
      {me.sites.length > 1 && (
        <NativeSelect
          {...choose("site")}
          label={t("filters.site")}
          data={[any, ...me.sites.map((site) => ({ value: site.id, label: site.name }))]}
        />
      )}
      <NativeSelect
        {...choose("class")}
        label={t("filters.class")}
        data={[any, ...(["minor", "major", "critical"] as const).map((name) => ({ value: name, label: t(`class.${name}`) }))]}
      />
      {!done && (
        <TextInput
          {...choose("due_before")}
          type="date"
          label={t("filters.due_before")}
          value={search.due_before?.slice(0, 10) ?? ""}
          onChange={(event) => {
            const day = event.currentTarget.value; // the day as it is here
            onSearch({ due_before: day ? new Date(`${day}T00:00:00`).toISOString() : undefined });
          }}
        />
      )}
      <Button
        size="xs"
        variant="default"
        onClick={() => onSearch(Object.fromEntries([...filters, "sort", "q"].map((name) => [name, undefined])) as Partial<InboxSearch>)}
      >
        {t("clear")}
      </Button>
    </Stack>
  );
}
