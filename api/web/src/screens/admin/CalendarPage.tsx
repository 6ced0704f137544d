// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { type CalendarDef, calendarQuery, useChangeCalendar } from "~/api/calendars";
import type { Answer } from "~/api/client";
import { holds, useMe } from "~/api/me";
import type { CalendarOutputBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Num, Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import { CalendarFields } from "./CalendarFields";
import { Part } from "./Part";

const route = getRouteApi("/admin/calendars/$id");

/** CalendarPage is a working calendar: its week, its holidays, its versions. A change is the next version. */
export function CalendarPage() {
  const { t } = useTranslation("admin");
  const { id } = route.useParams();
  const calendar = useQuery(calendarQuery(id));
  if (calendar.data) return <Body key={id} id={id} seen={calendar.data} />;
  return (
    <Page title={t("place.calendars")}>
      {calendar.isError ? <ProblemNote problem={calendar.error} onRetry={() => void calendar.refetch()} /> : <RowSkeletons />}
    </Page>
  );
}

function Body({ id, seen }: { id: string; seen: Answer<CalendarOutputBody> }) {
  const { t } = useTranslation("admin");
  const admin = holds(useMe(), "admin");
  const [base, setBase] = useState(seen);
  const [calendar, setCalendar] = useState<CalendarDef>(seen.data.calendar);
  const [saving, setSaving] = useState(false);
  const dirty = JSON.stringify(calendar) !== JSON.stringify(base.data.calendar);
  // What others save meanwhile is taken at once where nothing was typed, and told where something was.
  if (seen.etag !== base.etag && !dirty) {
    setBase(seen);
    setCalendar(seen.data.calendar);
  }
  const moved = seen.etag !== base.etag;
  const change = (part: Partial<CalendarDef>) => setCalendar((old) => ({ ...old, ...part }));
  const adopt = () => {
    setBase(seen);
    setCalendar(seen.data.calendar);
  };
  return (
    <Page
      title={base.data.calendar.name}
      actions={
        admin && (
          <Button disabled={!dirty} onClick={() => setSaving(true)}>
            {t("calendar.save")}
          </Button>
        )
      }
    >
      <Stack gap="lg" maw={960}>
        {moved && (
          <Alert variant="outline" color="yellow" title={t("stale.title")}>
            <Text size="sm">{t("stale.calendar", { version: seen.data.version })}</Text>
            <Group gap="xs" mt="xs">
              <Button size="xs" variant="default" onClick={adopt}>
                {t("stale.theirs")}
              </Button>
              <Button size="xs" variant="default" onClick={() => setBase(seen)}>
                {t("stale.mine")}
              </Button>
            </Group>
          </Alert>
        )}
        <Part title={t("calendar.week")}>
          <Text size="xs" c="dimmed">
            {t("calendar.hoursNote")}
          </Text>
          <CalendarFields calendar={calendar} onChange={change} readOnly={!admin} />
        </Part>
        <Days
          title={t("calendar.holidays")}
          empty={t("calendar.noHolidays")}
          rows={calendar.holidays}
          may={admin}
          onChange={(holidays) => change({ holidays })}
        />
        <Days
          title={t("calendar.extra")}
          empty={t("calendar.noExtra")}
          rows={calendar.extra.map((e) => ({ ...e, name: e.name ?? "" }))}
          hours
          may={admin}
          onChange={(extra) => change({ extra: extra.map((e) => ({ date: e.date, hours: e.hours ?? "", name: e.name })) })}
        />
        <Part title={t("calendar.versions")}>
          <Sheet
            label={t("calendar.versions")}
            head={[
              { key: "version", label: t("calendar.version"), number: true },
              { key: "name", label: t("calendar.name") },
              { key: "changed", label: t("calendar.changed") },
            ]}
          >
            {base.data.versions.map((version) => (
              <tr key={version.version}>
                <Num>{version.version}</Num>
                <td>{version.name}</td>
                <td>
                  <DateTime at={version.changed_at} />
                </td>
              </tr>
            ))}
          </Sheet>
        </Part>
      </Stack>
      {saving && <SaveDialog id={id} ifMatch={base.etag} calendar={calendar} onClose={() => setSaving(false)} />}
    </Page>
  );
}

function SaveDialog({ id, ifMatch, calendar, onClose }: { id: string; ifMatch: string; calendar: CalendarDef; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const command = useChangeCalendar(id, ifMatch, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("calendar.save")}
      text={t("calendar.saveText")}
      action={t("calendar.save")}
      build={(reason) => ({ calendar, reason })}
      onClose={onClose}
    />
  );
}

interface Day {
  date: string;
  name: string;
  hours?: string;
}

interface DaysProps {
  title: string;
  empty: string;
  rows: readonly Day[];
  hours?: boolean;
  may: boolean;
  onChange: (rows: Day[]) => void;
}

function Days({ title, empty, rows, hours = false, may, onChange }: DaysProps) {
  const { t } = useTranslation(["admin", "common"]);
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const [when, setWhen] = useState("");
  const ready = date !== "" && (!hours || when.trim() !== "") && !rows.some((row) => row.date === date);
  const add = () => {
    onChange([...rows, { date, name: name.trim(), ...(hours && { hours: when.trim() }) }].sort((a, b) => a.date.localeCompare(b.date)));
    setDate("");
    setName("");
  };
  return (
    <Part title={title}>
      {rows.length === 0 ? (
        <Empty text={empty} />
      ) : (
        <Sheet
          label={title}
          head={[
            { key: "date", label: t("calendar.date") },
            ...(hours ? [{ key: "hours", label: t("calendar.hours") }] : []),
            { key: "name", label: t("calendar.name") },
            { key: "remove", label: t("common:action.remove"), hidden: true },
          ]}
        >
          {rows.map((row) => (
            <tr key={row.date}>
              <td>{row.date}</td>
              {hours && <td dir="ltr">{row.hours}</td>}
              <td>{row.name}</td>
              <td>
                {may && (
                  <ActionIcon
                    aria-label={`${t("common:action.remove")}: ${row.date}`}
                    onClick={() => onChange(rows.filter((other) => other.date !== row.date))}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                )}
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {may && (
        <Group gap="xs" align="end">
          <TextInput size="xs" type="date" label={t("calendar.date")} value={date} onChange={(e) => setDate(e.currentTarget.value)} />
          {hours && (
            <TextInput
              size="xs"
              label={t("calendar.hours")}
              placeholder="08:00-12:00"
              value={when}
              onChange={(e) => setWhen(e.currentTarget.value)}
            />
          )}
          <TextInput size="xs" label={t("calendar.name")} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Button size="xs" variant="default" disabled={!ready} onClick={add}>
            {t("common:action.add")}
          </Button>
        </Group>
      )}
    </Part>
  );
}
