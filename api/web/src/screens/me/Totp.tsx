// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, Suspense, useState } from "react";
import { useBeginTotp, useConfirmTotp } from "~/api/account";
import { useTranslation } from "~/i18n/texts";
import { CommandNote } from "~/ui/commanddialog";
import { Hash } from "~/ui/hash";
import { later } from "~/ui/soon";

const Qr = later(() => import("./Qr"));

/** Totp enrols a one-time code token: the password, then the token, then one of its codes. It counts only once it is tested. */
export function Totp() {
  const { t } = useTranslation("account");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useBeginTotp();
  const confirm = useConfirmTotp({
    onRecorded: () => {
      setCode("");
      begin.reset();
    },
  });
  const start = (event: FormEvent) => {
    event.preventDefault();
    confirm.reset();
    if (password !== "") void begin.run({ password }).then((made) => made && setPassword(""));
  };
  const test = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== "") void confirm.run({ code: code.trim() });
  };
  if (begin.data?.url && begin.data.secret) {
    return (
      <form onSubmit={test} noValidate>
        <Stack gap="sm" align="start">
          <Text size="sm">{t("totp.scan")}</Text>
          <Suspense>
            <Qr text={begin.data.url} label={t("totp.qr")} />
          </Suspense>
          <Text size="sm">
            {t("totp.type")} <Hash value={begin.data.secret} />
          </Text>
          <TextInput
            label={t("totp.code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
          <CommandNote command={confirm} />
          <Button type="submit" loading={confirm.busy}>
            {t("totp.test")}
          </Button>
        </Stack>
      </form>
    );
  }
  return (
    <form onSubmit={start} noValidate>
      <Stack gap="xs" maw={360}>
        <Text size="sm" c="dimmed">
          {t("totp.text")}
        </Text>
        {confirm.standing === "recorded" && <Text size="sm">{t("totp.done")}</Text>}
        <PasswordInput
          label={t("password.current")}
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
        />
        {begin.standing !== "recorded" && <CommandNote command={begin} />}
        <div>
          <Button type="submit" variant="default" loading={begin.busy} disabled={password === ""}>
            {t("totp.begin")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
