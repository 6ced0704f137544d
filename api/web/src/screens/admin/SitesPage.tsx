// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { calendarsQuery, useNewSite } from "~/api/calendars";
import { holds, useMe } from "~/api/me";
import { sitesQuery } from "~/api/people";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";

/** SitesPage lists sites. Records, grants and due dates hang on them, so they stay. */
export function SitesPage() {
  const { t } = useTranslation("admin");
  const sites = useQuery(sitesQuery);
  const admin = holds(useMe(), "admin");
  const [making, setMaking] = useState(false);
  return (
    <Page title={t("place.sites")} actions={admin && <Button onClick={() => setMaking(true)}>{t("site.new")}</Button>}>
      {sites.isPending && <RowSkeletons />}
      {sites.isError && <ProblemNote problem={sites.error} onRetry={() => void sites.refetch()} />}
      {sites.data && (
        <Sheet
          label={t("place.sites")}
          head={[
            { key: "name", label: t("site.name") },
            { key: "zone", label: t("calendar.zone") },
            { key: "id", label: t("site.id") },
          ]}
        >
          {sites.data.map((site) => (
            <tr key={site.id}>
              <td dir="auto">{site.name}</td>
              <td>{site.zone}</td>
              <td>
                <span className="mono">{site.id}</span>
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {making && <NewSite onClose={() => setMaking(false)} />}
    </Page>
  );
}

function NewSite({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const calendars = useQuery(calendarsQuery).data ?? [];
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useNewSite({ onRecorded: onClose });
  const calendar = calendars.find((c) => c.id === chosen) ?? calendars[0];
  return (
    <CommandDialog
      command={command}
      title={t("site.new")}
      text={t("site.newText")}
      action={t("site.make")}
      build={(reason) => {
        setAsked(true);
        if (name.trim() === "" || !calendar) return undefined;
        return { name: name.trim(), zone: calendar.calendar.zone, calendar: calendar.id, reason };
      }}
      onClose={onClose}
    >
      <TextInput
        label={t("site.name")}
        required
        value={name}
        error={asked && name.trim() === "" ? t("account:required") : undefined}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <NativeSelect
        label={t("site.calendar")}
        description={t("site.calendarNote")}
        value={calendar?.id ?? ""}
        onChange={(e) => setChosen(e.currentTarget.value)}
        data={calendars.map((c) => ({ value: c.id, label: `${c.calendar.name} · ${c.calendar.zone}` }))}
      />
    </CommandDialog>
  );
}
