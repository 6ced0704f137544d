// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { type AbsenceView, useEndAbsence, useNewAbsence } from "~/api/absences";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "./commanddialog";
import { Empty } from "./page";
import { PersonPicker } from "./personpicker";
import { Sheet } from "./sheet";
import { DateTime } from "./time";

/** AbsenceTable lists who is away and who acts for him, and lets an absence be cut short. */
export function AbsenceTable({ absences, whose, mayEnd }: { absences: readonly AbsenceView[]; whose?: boolean; mayEnd: boolean }) {
  const { t } = useTranslation("account");
  const [ending, setEnding] = useState<AbsenceView>();
  if (absences.length === 0) return <Empty inline={!whose} text={t("absence.none")} />;
  return (
    <>
      <Sheet
        label={t("absence.title")}
        head={[
          ...(whose ? [{ key: "person", label: t("absence.person") }] : []),
          { key: "substitute", label: t("absence.substitute") },
          { key: "from", label: t("absence.from") },
          { key: "to", label: t("absence.to") },
          { key: "state", label: t("absence.state") },
          { key: "end", label: t("absence.end"), hidden: true },
        ]}
      >
        {absences.map((absence) => (
          <tr key={absence.id}>
            {whose && (
              <td>
                <bdi>{absence.person.name}</bdi>
              </td>
            )}
            <td>
              <bdi>{absence.substitute.name}</bdi>
              {absence.reason && (
                <div className="quiet" dir="auto">
                  {absence.reason}
                </div>
              )}
            </td>
            <td>
              <DateTime at={absence.starts_at} />
            </td>
            <td>
              <DateTime at={absence.ended_at ?? absence.ends_at} />
            </td>
            <td>
              <Badge variant="default">{t(`absence.is.${absence.state}`)}</Badge>
            </td>
            <td>
              {mayEnd && absence.state !== "over" && (
                <Button size="compact-xs" variant="default" onClick={() => setEnding(absence)}>
                  {t("absence.end")}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Sheet>
      {ending && <EndDialog absence={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}

function EndDialog({ absence, onClose }: { absence: AbsenceView; onClose: () => void }) {
  const { t } = useTranslation("account");
  const command = useEndAbsence(absence.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("absence.endTitle")}
      text={t("absence.endText")}
      action={t("absence.end")}
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}

/** AbsenceDialog says who is away, and who acts for him. Without others it is one's own absence. */
export function AbsenceDialog({ others = false, onClose }: { others?: boolean; onClose: () => void }) {
  const { t } = useTranslation("account");
  const [person, setPerson] = useState("");
  const [substitute, setSubstitute] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useNewAbsence({ onRecorded: onClose });
  const missing = (value: string) => (asked && value === "" ? t("required") : undefined);
  return (
    <CommandDialog
      command={command}
      title={t("absence.new")}
      text={t("absence.newText")}
      action={t("absence.record")}
      onClose={onClose}
      build={(reason) => {
        setAsked(true);
        if (substitute === "" || to === "" || (others && person === "")) return undefined;
        return {
          person: person || undefined,
          substitute,
          starts_at: (from === "" ? new Date(Date.now() + 30_000) : new Date(from)).toISOString(),
          ends_at: new Date(to).toISOString(),
          reason,
        };
      }}
    >
      <Stack gap="sm">
        {others && (
          <PersonPicker label={t("absence.person")} value={person} onChange={setPerson} required kind="person" error={missing(person)} />
        )}
        <PersonPicker
          label={t("absence.substitute")}
          description={t("absence.substituteNote")}
          value={substitute}
          onChange={setSubstitute}
          required
          kind="person"
          error={missing(substitute)}
        />
        <Group grow align="start">
          <TextInput
            type="datetime-local"
            label={t("absence.from")}
            description={t("absence.fromNote")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={from}
            onChange={(e) => setFrom(e.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={t("absence.to")}
            required
            value={to}
            error={missing(to)}
            onChange={(e) => setTo(e.currentTarget.value)}
          />
        </Group>
      </Stack>
    </CommandDialog>
  );
}
