// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Kbd } from "@mantine/core";
import { Spotlight, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFile, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { findRecords } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import { type PaletteAction, paletteActions } from "./actions";
import type { placesFor } from "./nav";

interface PaletteProps {
  places: ReturnType<typeof placesFor>;
  onClose: () => void;
}

/** CommandPalette finds a place, something to do on this screen, or a record by its number or title. */
export default function CommandPalette({ places, onClose }: PaletteProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query.trim(), 150);
  const records = useQuery(findRecords(asked)).data ?? [];
  const [actions] = useState(paletteActions); // those of the screen below, as it was opened
  useEffect(() => spotlight.open(), []);

  const go: PaletteAction[] = places.map((place) => ({
    id: place.name,
    label: t(`nav.${place.name}`),
    keys: place.keys,
    run: () => void navigate({ to: place.to }),
  }));
  const fits = (action: PaletteAction) =>
    [action.label, ...(action.keywords ?? [])].some((text) => text.toLocaleLowerCase().includes(query.trim().toLocaleLowerCase()));
  const groups: { label: string; actions: PaletteAction[] }[] = [
    { label: t("palette.do"), actions: actions.filter(fits) },
    { label: t("palette.go"), actions: go.filter(fits) },
    {
      label: t("palette.records"),
      actions: records.map((record) => ({
        id: record.id,
        label: `${record.number} ${record.title}`,
        run: () => void navigate({ to: `/records/${record.id}` as "/records" }),
      })),
    },
  ].filter((group) => group.actions.length > 0);

  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      centered={false}
      yOffset="12vh"
      overlayProps={{ blur: 0, backgroundOpacity: 0.2 }}
      attributes={{ content: { "aria-label": t("palette.title") } }}
      clearQueryOnClose={false}
      maxHeight={420}
      scrollable
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.title")}
        leftSection={<IconSearch size={16} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.actions.map((action) => (
              <Spotlight.Action
                key={action.id}
                label={action.label}
                leftSection={group.label === t("palette.records") ? <IconFile size={16} aria-hidden /> : undefined}
                rightSection={action.keys ? <Kbd size="xs">{action.keys}</Kbd> : undefined}
                onClick={action.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>{t("palette.nothing")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
