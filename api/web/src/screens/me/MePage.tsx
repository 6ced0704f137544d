// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Checkbox, Group, List, Modal, NativeSelect, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { absencesQuery } from "~/api/absences";
import { mySessionsQuery, useChangePassword, useEndMySession, useSignStatement } from "~/api/account";
import { type Me, useMe } from "~/api/me";
import { choose } from "~/api/preferences";
import { type Language, languages } from "~/i18n/i18n";
import { useTranslation } from "~/i18n/texts";
import { type Preferences, usePreferences } from "~/theme/preferences";
import { AbsenceDialog, AbsenceTable } from "~/ui/absences";
import { CommandNote } from "~/ui/commanddialog";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { SessionTable } from "~/ui/sessions";
import { Totp } from "./Totp";

/** MePage is one's own account: what signing needs, where one is logged in, when one is away, and how one likes it. */
export function MePage() {
  const { t } = useTranslation("account");
  const me = useMe();
  return (
    <Page title={t("title")}>
      <Stack gap="lg" maw={800}>
        <Text>
          <bdi>{me.name}</bdi> <span className="quiet mono">{me.username}</span>
        </Text>
        <Signing me={me} />
        {me.kind === "person" && (
          <>
            <Statement me={me} />
            <Password />
            <Section title={t("totp.title")}>
              <Totp />
            </Section>
          </>
        )}
        <Absences me={me} />
        <Sessions />
        <Likes />
      </Stack>
    </Page>
  );
}

function Section({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{title}</Title>
        {end}
      </Group>
      {children}
    </section>
  );
}

function Signing({ me }: { me: Me }) {
  const { t } = useTranslation("account");
  if (me.signing.ready) {
    return (
      <Group gap={4} c="var(--good)">
        <IconCheck size={16} aria-hidden /> {t("signing.ready")}
      </Group>
    );
  }
  return (
    <Alert variant="outline" color="yellow" icon={<IconAlertTriangle />} title={t("signing.blocked")}>
      <List size="sm">
        {me.signing.blocked_by.map((reason) => (
          <List.Item key={reason.rule + reason.text}>
            <bdi>{reason.text}</bdi>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Statement({ me }: { me: Me }) {
  const { t } = useTranslation(["account", "common"]);
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState("");
  const sign = useSignStatement({ onRecorded: () => setOpened(false) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== "") void sign.run({ statement: me.statement.id, password });
  };
  return (
    <Section title={t("statement.title")}>
      <Stack gap="xs" align="start">
        <Text className="paper" dir="auto" p="md" bd="1px solid var(--line)" style={{ borderRadius: 6 }}>
          {me.statement.text}
        </Text>
        {me.statement.signed ? (
          <Group gap={4} c="var(--good)">
            <IconCheck size={16} aria-hidden /> {t("statement.signed")}
          </Group>
        ) : (
          <Button onClick={() => setOpened(true)}>{t("statement.sign")}</Button>
        )}
      </Stack>
      {opened && (
        <Modal
          opened
          onClose={() => setOpened(false)}
          title={t("statement.sign")}
          closeButtonProps={{ "aria-label": t("common:action.close") }}
        >
          <form onSubmit={submit} noValidate>
            <Stack gap="sm">
              <Text size="sm">{t("statement.text")}</Text>
              <PasswordInput
                data-autofocus
                label={t("password.current")}
                autoComplete="off"
                required
                value={password}
                onChange={(e) => setPassword(e.currentTarget.value)}
              />
              <CommandNote command={sign} />
              <Button type="submit" loading={sign.busy}>
                {t("statement.sign")}
              </Button>
            </Stack>
          </form>
        </Modal>
      )}
    </Section>
  );
}

function Password() {
  const { t } = useTranslation("account");
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [asked, setAsked] = useState(false);
  const change = useChangePassword({
    onRecorded: () => {
      setCurrent("");
      setNext("");
      setAgain("");
      setAsked(false);
    },
  });
  const wrong = asked && next !== again ? t("password.differ") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (current !== "" && next !== "" && next === again) void change.run({ current_password: current, new_password: next });
  };
  return (
    <Section title={t("password.title")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="xs" maw={360}>
          <Text size="sm" c="dimmed">
            {t("password.text")}
          </Text>
          <PasswordInput
            label={t("password.current")}
            autoComplete="current-password"
            required
            value={current}
            error={asked && current === "" ? t("required") : undefined}
            onChange={(e) => setCurrent(e.currentTarget.value)}
          />
          <PasswordInput
            label={t("password.new")}
            autoComplete="new-password"
            required
            value={next}
            error={asked && next === "" ? t("required") : undefined}
            onChange={(e) => setNext(e.currentTarget.value)}
          />
          <PasswordInput
            label={t("password.again")}
            autoComplete="new-password"
            required
            value={again}
            error={wrong}
            onChange={(e) => setAgain(e.currentTarget.value)}
          />
          <CommandNote command={change} />
          <div>
            <Button type="submit" variant="default" loading={change.busy}>
              {t("password.change")}
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  );
}

function Absences({ me }: { me: Me }) {
  const { t } = useTranslation("account");
  const absences = useQuery(absencesQuery({ person: me.id }));
  const [making, setMaking] = useState(false);
  return (
    <Section
      title={t("absence.title")}
      end={
        <Button size="xs" variant="default" onClick={() => setMaking(true)}>
          {t("absence.new")}
        </Button>
      }
    >
      {absences.isPending && <RowSkeletons rows={1} />}
      {absences.isError && <ProblemNote problem={absences.error} onRetry={() => void absences.refetch()} />}
      {absences.data && <AbsenceTable absences={absences.data} mayEnd />}
      {making && <AbsenceDialog onClose={() => setMaking(false)} />}
    </Section>
  );
}

function Sessions() {
  const { t } = useTranslation("account");
  const sessions = useQuery(mySessionsQuery);
  const end = useEndMySession();
  return (
    <Section title={t("session.title")}>
      <Stack gap="xs">
        {sessions.isPending && <RowSkeletons rows={2} />}
        {sessions.isError && <ProblemNote problem={sessions.error} onRetry={() => void sessions.refetch()} />}
        {sessions.data && <SessionTable sessions={sessions.data} onEnd={(session) => void end.run(session.id)} />}
        <CommandNote command={end} />
      </Stack>
    </Section>
  );
}

function Likes() {
  const { t } = useTranslation(["account", "common"]);
  const chosen = usePreferences();
  return (
    <Section title={t("likes.title")}>
      <Stack gap="sm" maw={360}>
        <NativeSelect
          label={t("common:user.language")}
          value={chosen.language}
          onChange={(e) => choose({ language: e.currentTarget.value as Language | "auto" })}
          data={[{ value: "auto", label: t("common:user.auto") }, ...Object.entries(languages).map(([value, label]) => ({ value, label }))]}
        />
        <NativeSelect
          label={t("common:user.appearance")}
          value={chosen.theme}
          onChange={(e) => choose({ theme: e.currentTarget.value as Preferences["theme"] })}
          data={(["auto", "light", "dark", "contrast"] as const).map((value) => ({ value, label: t(`common:user.${value}`) }))}
        />
        <Checkbox
          label={t("common:user.compact")}
          checked={chosen.density === "compact"}
          onChange={(e) => choose({ density: e.currentTarget.checked ? "compact" : "comfortable" })}
        />
        <Checkbox
          label={t("common:user.shortcuts")}
          checked={chosen.shortcuts}
          onChange={(e) => choose({ shortcuts: e.currentTarget.checked })}
        />
        <Checkbox
          label={t("common:user.openNext")}
          checked={chosen.auto_advance}
          onChange={(e) => choose({ auto_advance: e.currentTarget.checked })}
        />
        <TextInput label={t("likes.zone")} readOnly value={Intl.DateTimeFormat().resolvedOptions().timeZone} />
      </Stack>
    </Section>
  );
}
