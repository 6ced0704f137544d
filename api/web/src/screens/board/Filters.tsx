// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { sitesQuery } from "~/api/people";
import { typesQuery } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import type { BoardSearch, Period } from "./search";

const classNames = ["minor", "major", "critical"] as const;

/** Filters are kept in the address: a board can be sent to somebody as it is. */
export function Filters({ search }: { search: BoardSearch }) {
  const { t } = useTranslation("board");
  const navigate = useNavigate({ from: "/board" });
  const sites = useQuery(sitesQuery).data ?? [];
  const types = useQuery(typesQuery).data ?? [];
  const set = (change: BoardSearch) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const { by: _, period: __, ...narrowing } = search;
  const narrowed = Object.values(narrowing).some((value) => value !== undefined);
  return (
    <Group gap="xs" align="end" role="search" aria-label={t("filter.title")}>
      <NativeSelect
        size="xs"
        label={t("filter.period")}
        value={search.period ?? "quarter"}
        onChange={(e) => set({ period: e.currentTarget.value as Period, from: undefined, to: undefined })}
        data={(["month", "quarter", "year", "own"] as const).map((value) => ({ value, label: t(`period.${value}`) }))}
      />
      {search.period === "own" && (
        <>
          <TextInput
            size="xs"
            type="date"
            label={t("filter.from")}
            value={search.from ?? ""}
            max={search.to}
            onChange={(e) => set({ from: e.currentTarget.value || undefined })}
          />
          <TextInput
            size="xs"
            type="date"
            label={t("filter.to")}
            value={search.to ?? ""}
            min={search.from}
            onChange={(e) => set({ to: e.currentTarget.value || undefined })}
          />
        </>
      )}
      {types.length > 1 && (
        <NativeSelect
          size="xs"
          label={t("filter.type")}
          value={search.type ?? ""}
          onChange={(e) => set({ type: e.currentTarget.value || undefined })}
          data={[{ value: "", label: t("filter.all") }, ...types.map((type) => ({ value: type.name, label: type.title }))]}
        />
      )}
      <NativeSelect
        size="xs"
        label={t("filter.site")}
        value={search.site ?? ""}
        onChange={(e) => set({ site: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("filter.all") }, ...sites.map((site) => ({ value: site.id, label: site.name }))]}
      />
      <NativeSelect
        size="xs"
        label={t("filter.class")}
        value={search.class ?? ""}
        onChange={(e) => set({ class: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("filter.all") }, ...classNames.map((value) => ({ value, label: t(`class.${value}`) }))]}
      />
      <Typed label={t("filter.area")} value={search.area} onChange={(area) => set({ area })} />
      <Typed label={t("filter.product")} value={search.product} onChange={(product) => set({ product })} />
      {narrowed && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() =>
            void navigate({ search: { by: search.by, period: search.period === "own" ? undefined : search.period }, replace: true })
          }
        >
          {t("filter.clear")}
        </Button>
      )}
    </Group>
  );
}

// Typed waits until the hand rests: the address changes once a word.
function Typed({ label, value, onChange }: { label: string; value?: string; onChange: (value: string | undefined) => void }) {
  const [typed, setTyped] = useState(value ?? "");
  const [seen, setSeen] = useState(value);
  const tell = useDebouncedCallback((next: string) => onChange(next.trim() === "" ? undefined : next.trim()), 400);
  if (seen !== value) {
    setSeen(value);
    if ((value ?? "") !== typed.trim()) setTyped(value ?? "");
  }
  return (
    <TextInput
      size="xs"
      label={label}
      value={typed}
      onChange={(e) => {
        setTyped(e.currentTarget.value);
        tell(e.currentTarget.value);
      }}
    />
  );
}
