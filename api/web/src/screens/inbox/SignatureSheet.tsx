// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Command } from "~/api/command";
import type { IntentResult, Receipt, Task } from "~/api/tasks";
import type { CompleteInputBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { StandingNote } from "~/ui/standing";
import { DateTime, useNow } from "~/ui/time";
import { type Shown, SignedView } from "./SignedView";
import classes from "./Task.module.css";
import { useWords } from "./words";

type Given = { username?: string; password?: string; totp?: string };

interface SignatureSheetProps {
  task: Task;
  sheet: IntentResult;
  complete: Command<CompleteInputBody, Receipt>;
  onSign: (given: Given) => void;
  /** Opens another sheet: this one has run out, or was refused. */
  onBack: () => void;
}

/** SignatureSheet shows exactly what is signed, and asks for what the signature takes. Nothing is filled in beforehand (21 CFR 11.200). */
export function SignatureSheet({ task, sheet, complete, onSign, onBack }: SignatureSheetProps) {
  const { t } = useTranslation(["signing", "common"]);
  const { word } = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState<Shown>("coming"); // nobody signs what he has not been shown
  const now = useNow();
  const expired = complete.standing === "idle" && new Date(sheet.expires_at).getTime() <= now;
  const unknown = complete.standing === "unknown";
  const refusedComponents = complete.problem?.code === "signing_refused";
  const over = complete.standing === "refused" && !refusedComponents && complete.problem?.binds;

  // The dialog was open before: it sets the focus to what it first showed.
  useEffect(() => form.current?.querySelector<HTMLInputElement>("input[data-autofocus]")?.focus(), []);

  // What proves who signs is typed anew after a refusal.
  useEffect(() => {
    if (!refusedComponents) return;
    for (const name of ["signing-password", "signing-totp"]) {
      const input = form.current?.elements.namedItem(name);
      if (input instanceof HTMLInputElement) input.value = "";
    }
    const first = form.current?.elements.namedItem("signing-password");
    if (first instanceof HTMLInputElement) first.focus();
  }, [refusedComponents]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (shown !== "shown") return;
    const fields = new FormData(event.currentTarget);
    const given: Given = {};
    for (const name of ["username", "password", "totp"] as const) {
      const value = fields.get(`signing-${name}`);
      if (typeof value === "string" && value !== "") given[name] = name === "password" ? value : value.trim();
    }
    onSign(given);
  };
  const asks = (name: string) => sheet.components.includes(name);
  return (
    <div className={classes.sheet}>
      <div className={`paper ${classes.paperPart}`}>
        <SignedView record={task.record.id} sheet={sheet.intent} hash={sheet.view_hash} title={t("view")} onShown={setShown} />
        <details className={classes.binds}>
          <summary>
            <span className="mono">{task.record.number}</span> · {t("version", { n: sheet.version })} · SHA-256{" "}
            <span className="mono">{sheet.content_hash.slice(0, 12)}…</span>
          </summary>
          <dl className={classes.manifest}>
            <dt>{t("meaning")}</dt>
            <dd>{word("meaning", sheet.meaning)}</dd>
            <dt>{t("signer")}</dt>
            <dd>
              <bdi>{sheet.printed_name}</bdi>, {t(`common:role.${sheet.role}` as "common:role.admin", { defaultValue: sheet.role })}
              {task.owner && task.assignee && task.owner.id !== task.assignee.id && ` · ${t("behalf", { name: task.owner.name })}`}
            </dd>
            <dt>{t("contentHash")}</dt>
            <dd>
              <Hash value={sheet.content_hash} />
            </dd>
            <dt>{t("viewHash")}</dt>
            <dd>
              <Hash value={sheet.view_hash} />
            </dd>
          </dl>
        </details>
      </div>
      <form ref={form} onSubmit={submit} autoComplete="off" className={classes.sign}>
        <Stack gap="sm">
          {shown === "altered" && (
            <Alert color="red" variant="outline" icon={<IconAlertTriangle />} title={t("altered")}>
              {t("alteredText")}
            </Alert>
          )}
          {expired || over ? (
            <>
              {expired && <Text size="sm">{t("expired")}</Text>}
              <StandingNote command={complete} />
              <Group justify="end">
                <Button onClick={onBack}>{t("another")}</Button>
              </Group>
            </>
          ) : (
            <>
              <Text size="sm">{t("statement", { meaning: word("meaning", sheet.meaning) })}</Text>
              <div className={classes.components}>
                {asks("username") && (
                  <TextInput
                    label={t("username")}
                    name="signing-username"
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    required
                    data-autofocus
                    data-1p-ignore
                    data-lpignore="true"
                    readOnly={complete.busy}
                  />
                )}
                {asks("password") && (
                  <PasswordInput
                    label={t("password")}
                    name="signing-password"
                    autoComplete="new-password"
                    required
                    data-autofocus={!asks("username") || undefined}
                    data-1p-ignore
                    data-lpignore="true"
                    readOnly={complete.busy}
                  />
                )}
                {asks("totp") && (
                  <TextInput
                    label={t("totp")}
                    description={t("totpHelp")}
                    name="signing-totp"
                    autoComplete="off"
                    inputMode="numeric"
                    maxLength={8}
                    required
                    data-1p-ignore
                    data-lpignore="true"
                    readOnly={complete.busy}
                  />
                )}
              </div>
              <StandingNote command={complete} />
              {shown === "coming" && (
                <Text size="xs" c="dimmed" role="status">
                  {t("coming")}
                </Text>
              )}
              <Group justify="space-between" gap="xs">
                <Text size="xs" c="dimmed">
                  {t("until")} <DateTime at={sheet.expires_at} zone={task.site.zone} />
                </Text>
                <Group gap="xs">
                  {!unknown && (
                    <Button variant="default" onClick={onBack} disabled={complete.busy}>
                      {t("common:action.back")}
                    </Button>
                  )}
                  <Button type="submit" loading={complete.busy} disabled={shown !== "shown"}>
                    {t(unknown ? "ask" : "sign")}
                  </Button>
                </Group>
              </Group>
            </>
          )}
        </Stack>
      </form>
    </div>
  );
}
