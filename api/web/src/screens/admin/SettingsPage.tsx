// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Checkbox, Group, List, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "~/api/client";
import { holds, useMe } from "~/api/me";
import { type Settings, type SettingsInputBody, settingsQuery, useChangeSettings, useLetter } from "~/api/settings";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog, CommandNote } from "~/ui/commanddialog";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import classes from "./admin.module.css";
import { Part } from "./Part";
import { type Choices, choicesOf, differences } from "./settings";

/** SettingsPage is how the organization signs and logs in. A change rests on the revision that was seen. */
export function SettingsPage() {
  const { t } = useTranslation("admin");
  const settings = useQuery(settingsQuery);
  if (settings.data) return <Body seen={settings.data} />;
  return (
    <Page title={t("place.settings")}>
      {settings.isError ? <ProblemNote problem={settings.error} onRetry={() => void settings.refetch()} /> : <RowSkeletons />}
    </Page>
  );
}

function Body({ seen }: { seen: Answer<Settings> }) {
  const { t } = useTranslation(["admin", "common"]);
  const admin = holds(useMe(), "admin");
  const [base, setBase] = useState(seen);
  const [mine, setMine] = useState<Choices>(choicesOf(seen.data));
  const [saving, setSaving] = useState(false);
  const changed = differences(choicesOf(base.data), mine);
  if (seen.etag !== base.etag && changed.length === 0) {
    setBase(seen);
    setMine(choicesOf(seen.data));
  }
  const moved = seen.etag !== base.etag;
  const set = (change: Partial<Choices>) => setMine((old) => ({ ...old, ...change }));
  const number = (name: "idle_minutes" | "absolute_minutes" | "lock_after", max: number) => (
    <NumberInput
      label={t(`setting.${name}`)}
      description={t(`setting.${name}Note`)}
      min={0}
      max={max}
      allowDecimal={false}
      readOnly={!admin}
      hideControls
      value={mine[name]}
      onChange={(value) => set({ [name]: Number(value) || 0 })}
    />
  );
  const check = (name: "letter_required" | "totp_required" | "escalation_off") => (
    <Checkbox
      label={t(`setting.${name}`)}
      description={t(`setting.${name}Note`)}
      disabled={!admin}
      checked={mine[name]}
      onChange={(e) => set({ [name]: e.currentTarget.checked })}
    />
  );
  return (
    <Page
      title={t("place.settings")}
      actions={
        admin && (
          <Button disabled={changed.length === 0} onClick={() => setSaving(true)}>
            {t("common:action.save")}
          </Button>
        )
      }
    >
      <Stack gap="lg" maw={640}>
        {moved && (
          <Alert variant="outline" color="yellow" title={t("stale.title")}>
            <Text size="sm">{t("stale.settings")}</Text>
            <Changed from={choicesOf(base.data)} to={choicesOf(seen.data)} />
            <Group gap="xs" mt="xs">
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setBase(seen);
                  setMine(choicesOf(seen.data));
                }}
              >
                {t("stale.theirs")}
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  const kept = Object.fromEntries(changed.map((name) => [name, mine[name]]));
                  setBase(seen);
                  setMine({ ...choicesOf(seen.data), ...kept });
                }}
              >
                {t("stale.mine")}
              </Button>
            </Group>
          </Alert>
        )}
        <Part title={t("setting.signing")}>
          <NativeSelect
            label={t("setting.signature_rule")}
            disabled={!admin}
            value={mine.signature_rule}
            onChange={(e) => set({ signature_rule: e.currentTarget.value as Choices["signature_rule"] })}
            data={(["strict", "session"] as const).map((value) => ({ value, label: t(`setting.rule.${value}`) }))}
          />
          {check("totp_required")}
          {check("letter_required")}
          <NativeSelect
            label={t("setting.subordinate_rule")}
            disabled={!admin}
            value={mine.subordinate_rule}
            onChange={(e) => set({ subordinate_rule: e.currentTarget.value as Choices["subordinate_rule"] })}
            data={(["warn", "deny"] as const).map((value) => ({ value, label: t(`setting.subordinate.${value}`) }))}
          />
        </Part>
        <Part title={t("setting.sessions")}>
          {number("idle_minutes", 1440)}
          {number("absolute_minutes", 1440)}
          {number("lock_after", 20)}
        </Part>
        <Part title={t("setting.other")}>{check("escalation_off")}</Part>
        <Letter settings={base.data} may={admin} />
        <Text size="xs" c="dimmed">
          {t("setting.revision", { revision: base.data.revision })}
        </Text>
      </Stack>
      {saving && <SaveDialog ifMatch={base.etag} base={choicesOf(base.data)} mine={mine} onClose={() => setSaving(false)} />}
    </Page>
  );
}

interface SaveProps {
  ifMatch: string;
  base: Choices;
  mine: Choices;
  onClose: () => void;
}

function SaveDialog({ ifMatch, base, mine, onClose }: SaveProps) {
  const { t } = useTranslation(["admin", "common"]);
  const command = useChangeSettings(ifMatch, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("setting.save")}
      action={t("common:action.save")}
      build={(reason): SettingsInputBody => ({ ...mine, reason })}
      onClose={onClose}
    >
      <Changed from={base} to={mine} />
    </CommandDialog>
  );
}

function Changed({ from, to }: { from: Choices; to: Choices }) {
  const { t } = useTranslation(["admin", "common"]);
  const say = (value: Choices[keyof Choices]) => {
    if (typeof value === "boolean") return t(value ? "common:state.yes" : "common:state.no");
    return String(value);
  };
  return (
    <List size="sm">
      {differences(from, to).map((name) => (
        <List.Item key={name}>
          {t(`setting.${name}`)}: <s>{say(from[name])}</s> → {say(to[name])}
        </List.Item>
      ))}
    </List>
  );
}

function Letter({ settings, may }: { settings: Settings; may: boolean }) {
  const { t } = useTranslation("admin");
  const [reference, setReference] = useState("");
  const [sentOn, setSentOn] = useState("");
  const command = useLetter();
  return (
    <Part title={t("letter.title")}>
      <Text size="sm">{t("letter.text")}</Text>
      {settings.letter ? (
        <dl className={classes.facts}>
          <dt>{t("letter.reference")}</dt>
          <dd>{settings.letter.reference}</dd>
          <dt>{t("letter.sentOn")}</dt>
          <dd>{settings.letter.sent_on}</dd>
          <dt>{t("letter.recorded")}</dt>
          <dd>
            <DateTime at={settings.letter.recorded_at} /> · {settings.letter.recorded_by.name}
          </dd>
        </dl>
      ) : (
        <Text size="sm" c="var(--warn)">
          {t("letter.missing")}
        </Text>
      )}
      {may && !settings.letter && (
        <Group gap="xs" align="end">
          <TextInput size="xs" label={t("letter.reference")} value={reference} onChange={(e) => setReference(e.currentTarget.value)} />
          <TextInput size="xs" type="date" label={t("letter.sentOn")} value={sentOn} onChange={(e) => setSentOn(e.currentTarget.value)} />
          <Button
            size="xs"
            variant="default"
            disabled={reference.trim() === "" || sentOn === ""}
            loading={command.busy}
            onClick={() => void command.run({ reference: reference.trim(), sent_on: sentOn })}
          >
            {t("letter.record")}
          </Button>
        </Group>
      )}
      <CommandNote command={command} />
    </Part>
  );
}
