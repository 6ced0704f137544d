// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Menu } from "@mantine/core";
import { IconDownload, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { url } from "~/api/client";
import { holds, useMe } from "~/api/me";
import { recordsQuery, typesQuery } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import { usePaletteActions } from "~/shell/actions";
import { useShortcuts } from "~/shell/shortcuts";
import { Page } from "~/ui/page";
import { Filters } from "./Filters";
import classes from "./RecordsPage.module.css";
import { RecordTable } from "./RecordTable";
import { queryOf } from "./search";
import { Views } from "./Views";

const route = getRouteApi("/records");

/** RecordsPage lists records of all types. Its address holds what is listed and how. */
export function RecordsPage() {
  const { t } = useTranslation("records");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useMemo(() => queryOf(search), [search]); // its instants stay while it is looked at
  const list = useInfiniteQuery(recordsQuery(query));
  useShortcuts([{ keys: "/", label: t("filter.text"), run: () => document.getElementById("records-text")?.focus() }]);
  return (
    <Page
      flush
      title={t("title")}
      actions={
        <>
          <Views search={search} onChoose={(next) => void navigate({ search: next })} />
          <Export address={(format) => url("/v1/records/export", {}, { ...query, format })} />
          <NewRecord />
        </>
      }
    >
      <div className={classes.frame}>
        <Filters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
        <RecordTable list={list} search={search} onSort={(sort) => void navigate({ search: { ...search, sort }, replace: true })} />
      </div>
    </Page>
  );
}

// An export is recorded by the server, so it is made when it is asked for and not before.
function Export({ address }: { address: (format: "csv" | "xlsx") => string }) {
  const { t } = useTranslation("records");
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t("export.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["csv", "xlsx"] as const).map((format) => (
          <Menu.Item key={format} component="a" href={address(format)} download>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

// Who may file what is the server's to say; who only reads is not asked to.
function NewRecord() {
  const { t } = useTranslation("records");
  const me = useMe();
  const navigate = route.useNavigate();
  const types = useQuery(typesQuery).data ?? [];
  const shown = holds(me, "reporter", "area_owner", "area_head", "investigator", "expert", "qa_approver", "quality_head");
  const file = (type: string) => void navigate({ to: "/records/new/$type", params: { type } });
  usePaletteActions(
    shown ? types.map((type) => ({ id: `new-${type.name}`, label: t("new.title", { type: type.title }), run: () => file(type.name) })) : [],
  );
  if (!shown || types.length === 0) return null;
  const [only] = types;
  const icon = <IconPlus size={16} aria-hidden />;
  if (types.length === 1 && only) {
    return (
      <Button leftSection={icon} onClick={() => file(only.name)}>
        {t("new.title", { type: only.title })}
      </Button>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={icon}>{t("new.any")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {types.map((type) => (
          <Menu.Item key={type.name} onClick={() => file(type.name)}>
            <Group gap="xs">
              {type.title} <span className="mono quiet">{type.prefix}</span>
            </Group>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
