// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type CalendarDef, calendarsQuery, useNewCalendar } from "~/api/calendars";
import { holds, useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { hereZone } from "~/ui/instant";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Num, Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import { CalendarFields } from "./CalendarFields";

/** CalendarsPage lists working calendars: due dates in working days are counted by them. */
export function CalendarsPage() {
  const { t } = useTranslation("admin");
  const calendars = useQuery(calendarsQuery);
  const [making, setMaking] = useState(false);
  const admin = holds(useMe(), "admin");
  return (
    <Page title={t("place.calendars")} actions={admin && <Button onClick={() => setMaking(true)}>{t("calendar.new")}</Button>}>
      {calendars.isPending && <RowSkeletons />}
      {calendars.isError && <ProblemNote problem={calendars.error} onRetry={() => void calendars.refetch()} />}
      {calendars.data?.length === 0 && <Empty text={t("calendar.empty")} />}
      {calendars.data && calendars.data.length > 0 && (
        <Sheet
          label={t("place.calendars")}
          head={[
            { key: "name", label: t("calendar.name") },
            { key: "zone", label: t("calendar.zone") },
            { key: "holidays", label: t("calendar.holidays"), number: true },
            { key: "version", label: t("calendar.version"), number: true },
            { key: "changed", label: t("calendar.changed") },
          ]}
        >
          {calendars.data.map(({ id, version, changed_at, calendar }) => (
            <tr key={id}>
              <td>
                <Anchor inherit renderRoot={(props) => <Link to="/admin/calendars/$id" params={{ id }} {...props} />}>
                  <bdi>{calendar.name}</bdi>
                </Anchor>
              </td>
              <td>{calendar.zone}</td>
              <Num>{calendar.holidays.length}</Num>
              <Num>{version}</Num>
              <td>
                <DateTime at={changed_at} />
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {making && <NewCalendar onClose={() => setMaking(false)} />}
    </Page>
  );
}

const usual = "08:00-17:00";

function NewCalendar({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("admin");
  const navigate = useNavigate();
  const [calendar, setCalendar] = useState<CalendarDef>({
    name: "",
    zone: hereZone(),
    week: ["", usual, usual, usual, usual, usual, ""],
    holidays: [],
    extra: [],
  });
  const command = useNewCalendar({ onRecorded: ({ id }) => void navigate({ to: "/admin/calendars/$id", params: { id } }) });
  return (
    <CommandDialog
      command={command}
      title={t("calendar.new")}
      text={t("calendar.newText")}
      action={t("calendar.make")}
      build={(reason) => ({ calendar, reason })}
      onClose={onClose}
    >
      <CalendarFields calendar={calendar} onChange={(change) => setCalendar((old) => ({ ...old, ...change }))} />
    </CommandDialog>
  );
}
