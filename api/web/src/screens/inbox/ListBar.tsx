// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconBookmark, IconFilter, IconSearch, IconX } from "@tabler/icons-react";
import { type ReactNode, type RefObject, Suspense, useState } from "react";
import { useTranslation } from "~/i18n/texts";
import { later } from "~/ui/soon";
import classes from "./Inbox.module.css";
import { activeFilters, type InboxSearch } from "./search";

const Drop = later(() => import("./Drop"));
const FilterMenu = later(() => import("./FilterMenu"));
const ViewsMenu = later(() => import("./ViewsMenu"));

interface ListBarProps {
  search: InboxSearch;
  onSearch: (change: Partial<InboxSearch>) => void;
  onView: (search: InboxSearch) => void;
  find: RefObject<HTMLInputElement | null>;
}

/** ListBar finds, filters and sorts the list. All of it is in the address, so that it can be saved and sent. */
export function ListBar({ search, onSearch, onView, find }: ListBarProps) {
  const { t } = useTranslation("inbox");
  const [open, setOpen] = useState<"filter" | "views">();
  const active = activeFilters(search);
  return (
    <div className={classes.bar}>
      <div className={classes.barRow}>
        <TextInput
          ref={find}
          className={classes.find}
          size="xs"
          aria-label={t("find")}
          placeholder={t("find")}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search.q ?? ""}
          onChange={(event) => onSearch({ q: event.currentTarget.value || undefined })}
          onKeyDown={(event) => {
            if (event.key !== "Escape" && event.key !== "Enter") return;
            if (event.key === "Escape") onSearch({ q: undefined });
            event.currentTarget.blur();
          }}
        />
        <Menu
          open={open === "filter"}
          label={t("filter")}
          icon={<IconFilter size={14} aria-hidden />}
          onOpen={(on) => setOpen(on ? "filter" : undefined)}
        >
          <FilterMenu search={search} onSearch={onSearch} />
        </Menu>
        <Menu
          open={open === "views"}
          label={t("views")}
          icon={<IconBookmark size={14} aria-hidden />}
          onOpen={(on) => setOpen(on ? "views" : undefined)}
        >
          <ViewsMenu search={search} onView={onView} onClose={() => setOpen(undefined)} />
        </Menu>
      </div>
      {active.length > 0 && (
        <div className={classes.chips}>
          {active.map((name) => (
            <span key={name} className={classes.chip}>
              {t(`filters.${name}`)}: {chipText(search[name] ?? "")}
              <ActionIcon
                size="xs"
                aria-label={t("dropFilter", { name: t(`filters.${name}`) })}
                onClick={() => onSearch({ [name]: undefined })}
              >
                <IconX size={12} />
              </ActionIcon>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

// An instant is shown by its day: the whole of it is in the address.
const chipText = (value: string) => (/^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value);

interface MenuProps {
  open: boolean;
  label: string;
  icon: ReactNode;
  onOpen: (open: boolean) => void;
  children: ReactNode;
}

// Menu is a button whose panel comes when it is first asked for, and stays from then on.
function Menu({ open, label, icon, onOpen, children }: MenuProps) {
  const [asked, setAsked] = useState(false);
  const button = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={icon}
      aria-haspopup="dialog"
      aria-expanded={open}
      onClick={() => {
        setAsked(true);
        onOpen(!open);
      }}
    >
      {label}
    </Button>
  );
  if (!asked) return button;
  return (
    <Suspense fallback={button}>
      <Drop open={open} button={button} onOpen={onOpen}>
        {children}
      </Drop>
    </Suspense>
  );
}
