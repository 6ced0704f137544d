// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Pill, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useMe } from "~/api/me";
import { findPeople } from "~/api/people";
import { namesQuery } from "~/api/recordparts";
import { typesQuery } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import { dateText } from "~/ui/instant";
import { useClasses } from "./forms";
import classes from "./RecordsPage.module.css";
import type { RecordsSearch } from "./search";
import { statesOf, useWords } from "./words";

interface FiltersProps {
  search: RecordsSearch;
  onChange: (search: RecordsSearch) => void;
}

/** Filters narrow the list. Those that only the board's figures set are shown as what they are, to be taken off. */
export function Filters({ search, onChange }: FiltersProps) {
  const { t } = useTranslation("records");
  const words = useWords();
  const { sites } = useMe();
  const types = useQuery(typesQuery).data ?? [];
  const shown = types.filter((type) => search.type === undefined || type.name === search.type);
  const classNames = useClasses(shown);
  const set = (change: RecordsSearch) => onChange({ ...search, ...change });
  const narrowed = Object.keys(search).some((name) => name !== "sort" && search[name as keyof RecordsSearch] !== undefined);
  const choices = (label: string, value: string | undefined, data: { value: string; label: string }[], choose: (v?: string) => void) => (
    <Select
      className={classes.choice}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      data={value !== undefined && !data.some((d) => d.value === value) ? [...data, { value, label: value }] : data}
      clearable
      searchable={data.length > 6}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      onChange={(next) => choose(next ?? undefined)}
    />
  );
  return (
    <search className={classes.filters} aria-label={t("filter.title")}>
      <TextFilter value={search.q ?? ""} onChange={(q) => set({ q: q === "" ? undefined : q })} />
      {types.length > 1 &&
        choices(
          t("filter.type"),
          search.type,
          types.map(({ name, title }) => ({ value: name, label: title })),
          (type) => set({ type, state: undefined, class: undefined }),
        )}
      {choices(
        t("filter.standing"),
        search.open,
        (["true", "false"] as const).map((value) => ({ value, label: t(`filter.open.${value}`) })),
        (open) => set({ open: open as RecordsSearch["open"] }),
      )}
      {choices(
        t("filter.state"),
        search.state,
        statesOf(shown).map((value) => ({
          value,
          label: words.state(shown.find((type) => type.steps.some((step) => step.state === value))?.name ?? "", value),
        })),
        (state) => set({ state }),
      )}
      {choices(
        t("filter.class"),
        search.class,
        classNames.map((value) => ({ value, label: words.className(value) })),
        (name) => set({ class: name }),
      )}
      {sites.length > 1 &&
        choices(
          t("filter.site"),
          search.site,
          sites.map(({ id, name }) => ({ value: id, label: name ?? id })),
          (site) => set({ site }),
        )}
      <OwnerFilter value={search.owner} onChange={(owner) => set({ owner })} />
      <DueFilter search={search} set={set} />
      {narrowed && (
        <Button variant="subtle" color="gray" onClick={() => onChange({ sort: search.sort })}>
          {t("filter.clear")}
        </Button>
      )}
      <Others search={search} set={set} />
    </search>
  );
}

const pause = 250; // ms of quiet before the list is asked for

function TextFilter({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const { t } = useTranslation("records");
  const [typed, setTyped] = useState(value);
  const [settled] = useDebouncedValue(typed, pause);
  const told = useRef(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    if (settled.trim() === told.current) return;
    told.current = settled.trim();
    tell.current(told.current);
  }, [settled]);
  // The address changed by itself: a view was chosen, or somebody went back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  return (
    <TextInput
      id="records-text"
      className={classes.text}
      type="search"
      aria-label={t("filter.text")}
      placeholder={t("filter.text")}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

function OwnerFilter({ value, onChange }: { value: string | undefined; onChange: (owner?: string) => void }) {
  const { t } = useTranslation("records");
  const me = useMe();
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed, pause);
  const found = useQuery(findPeople(asked.trim())).data ?? [];
  const names = useQuery({ ...namesQuery, enabled: value !== undefined && value !== me.id }).data ?? {};
  const people = new Map([[me.id, t("filter.mine")]]);
  if (value !== undefined && value !== me.id) people.set(value, names[value] ?? t("filter.somebody"));
  for (const person of found) if (person.kind === "person" && !people.has(person.id)) people.set(person.id, person.name);
  return (
    <Select
      className={classes.choice}
      aria-label={t("filter.owner")}
      placeholder={t("filter.owner")}
      value={value ?? null}
      data={[...people].map(([id, label]) => ({ value: id, label }))}
      searchable
      clearable
      comboboxProps={{ width: 240, position: "bottom-start" }}
      onSearchChange={(text) => setTyped([...people.values()].includes(text) ? "" : text)}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

const dues = ["overdue", "week", "month"] as const;

// An address may name an instant instead: those of the board's figures do.
function DueFilter({ search, set }: { search: RecordsSearch; set: (change: RecordsSearch) => void }) {
  const { t, i18n } = useTranslation("records");
  const { due, due_before: before } = search;
  const data: { value: string; label: string }[] = dues.map((value) => ({ value, label: t(`filter.due.${value}`) }));
  if (!due && before) data.push({ value: before, label: t("filter.due.before", { when: dateText(before, undefined, i18n.language) }) });
  return (
    <Select
      className={classes.choice}
      aria-label={t("filter.due.title")}
      placeholder={t("filter.due.title")}
      value={due ?? before ?? null}
      data={data}
      clearable
      comboboxProps={{ width: 200, position: "bottom-start" }}
      onChange={(next) => {
        const chosen = dues.find((name) => name === next);
        set({ due: chosen, due_before: chosen ? undefined : (next ?? undefined) });
      }}
    />
  );
}

const others = ["closed_from", "closed_before", "on_time", "repeat", "human_error", "area", "product", "without"] as const;

function Others({ search, set }: { search: RecordsSearch; set: (change: RecordsSearch) => void }) {
  const { t, i18n } = useTranslation("records");
  const set_ = others.filter((name) => search[name] !== undefined);
  if (set_.length === 0) return null;
  const text = (name: (typeof others)[number]) => {
    const value = search[name] ?? "";
    if (name === "closed_from" || name === "closed_before") return t(`filter.${name}`, { when: dateText(value, undefined, i18n.language) });
    if (name === "area" || name === "product") return t(`filter.${name}`, { value });
    if (name === "on_time") return t(`filter.on_time.${value as "due"}`);
    if (name === "without") return t(`filter.without.${value as "area"}`);
    return t(`filter.${name}`);
  };
  return (
    <div className={classes.chips}>
      {set_.map((name) => (
        <Pill
          key={name}
          withRemoveButton
          onRemove={() => set({ [name]: undefined })}
          removeButtonProps={{ "aria-label": t("filter.remove", { filter: text(name) }), "aria-hidden": false, tabIndex: 0 }}
        >
          {text(name)}
        </Pill>
      ))}
    </div>
  );
}
