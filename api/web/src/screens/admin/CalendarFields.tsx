// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { SimpleGrid, TextInput } from "@mantine/core";
import type { CalendarDef } from "~/api/calendars";
import { useTranslation } from "~/i18n/texts";

// The week as it is stored begins with Sunday; it is shown from Monday.
const monday = [1, 2, 3, 4, 5, 6, 0] as const;

/** dayName is a day of the week in the language of the page; 0 is Sunday. */
export const dayName = (day: number, language: string) =>
  new Intl.DateTimeFormat(language === "ar" ? "ar" : "en-GB", { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2023, 0, 1 + day));

function withHours(week: CalendarDef["week"], day: number, hours: string): CalendarDef["week"] {
  const next: CalendarDef["week"] = [...week];
  next[day] = hours;
  return next;
}

interface CalendarFieldsProps {
  calendar: CalendarDef;
  onChange: (change: Partial<CalendarDef>) => void;
  readOnly?: boolean;
}

/** CalendarFields are name, zone and working hours of a calendar. */
export function CalendarFields({ calendar, onChange, readOnly = false }: CalendarFieldsProps) {
  const { t, i18n } = useTranslation("admin");
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <TextInput
          label={t("calendar.name")}
          required={!readOnly}
          readOnly={readOnly}
          value={calendar.name}
          onChange={(e) => onChange({ name: e.currentTarget.value })}
        />
        <TextInput
          label={t("calendar.zone")}
          required={!readOnly}
          readOnly={readOnly}
          list="zones"
          value={calendar.zone}
          onChange={(e) => onChange({ zone: e.currentTarget.value })}
        />
        <datalist id="zones">
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
        {monday.map((day) => (
          <TextInput
            key={day}
            label={dayName(day, i18n.language)}
            readOnly={readOnly}
            placeholder={t("calendar.off")}
            value={calendar.week[day] ?? ""}
            dir="ltr"
            onChange={(e) => onChange({ week: withHours(calendar.week, day, e.currentTarget.value) })}
          />
        ))}
      </SimpleGrid>
    </>
  );
}
