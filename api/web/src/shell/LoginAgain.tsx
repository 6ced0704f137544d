// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Button, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { login } from "~/api/client";
import type { Me } from "~/api/me";
import { asProblem, type Problem } from "~/api/problem";
import { session } from "~/api/session";
import { useTranslation } from "~/i18n/texts";
import { ProblemNote } from "~/ui/problem";

/** LoginAgain opens over the page when the session has ended. What waits goes on afterwards; only the same person can go on. */
export default function LoginAgain({ me }: { me: Me }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t("session.title")}
      zIndex={500}
    >
      <LoginForm me={me} />
    </Modal>
  );
}

function LoginForm({ me }: { me: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const totp = String(fields.get("totp") ?? "").trim();
    setBusy(true);
    setProblem(undefined);
    try {
      await login({
        organization: me.organization.slug,
        username: me.username,
        password: String(fields.get("password") ?? ""),
        ...(totp ? { totp } : {}),
      });
      session.renewed();
      await client.invalidateQueries();
    } catch (cause) {
      setProblem(asProblem(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <Text size="sm">{t("session.text")}</Text>
        <TextInput label={t("session.username")} name="username" autoComplete="username" value={me.username} readOnly />
        <PasswordInput label={t("session.password")} name="password" autoComplete="current-password" required data-autofocus />
        <TextInput
          label={t("session.totp")}
          description={t("session.totpHelp")}
          name="totp"
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={8}
        />
        {problem && <ProblemNote problem={problem} />}
        <Button type="submit" loading={busy}>
          {t("session.login")}
        </Button>
        <Anchor href="/login" size="sm">
          {t("session.other")}
        </Anchor>
      </Stack>
    </form>
  );
}
