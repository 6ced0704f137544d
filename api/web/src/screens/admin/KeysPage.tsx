// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Badge, Button, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type ApiKey, apiKeysQuery, useNewKey, useRevokeKey } from "~/api/apikeys";
import { unsettled } from "~/api/command";
import { holds, useMe } from "~/api/me";
import { type Issued, usersQuery } from "~/api/users";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog, CommandNote } from "~/ui/commanddialog";
import { Once } from "~/ui/once";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";

/** KeysPage lists API keys. A key is shown once, when it is made. */
export function KeysPage() {
  const { t } = useTranslation("admin");
  const keys = useQuery(apiKeysQuery);
  const admin = holds(useMe(), "admin");
  const [making, setMaking] = useState(false);
  const [issued, setIssued] = useState<Issued>();
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <Page title={t("place.keys")} actions={admin && <Button onClick={() => setMaking(true)}>{t("key.new")}</Button>}>
      {keys.isPending && <RowSkeletons />}
      {keys.isError && <ProblemNote problem={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && <Empty text={t("key.empty")} />}
      {keys.data && keys.data.length > 0 && (
        <Sheet
          label={t("place.keys")}
          head={[
            { key: "name", label: t("key.name") },
            { key: "account", label: t("key.account") },
            { key: "state", label: t("people.state") },
            { key: "expires", label: t("key.expires") },
            { key: "revoke", label: t("key.revoke"), hidden: true },
          ]}
        >
          {keys.data.map((key) => (
            <tr key={key.id}>
              <td>
                {key.name}
                <div className="quiet">
                  <DateTime at={key.created_at} />
                </div>
              </td>
              <td>{key.account.name}</td>
              <td>{key.state === "active" ? t("key.is.active") : <Badge color="gray">{t(`key.is.${key.state}`)}</Badge>}</td>
              <td>
                <DateTime at={key.revoked_at ?? key.expires_at} />
              </td>
              <td>
                {admin && key.state === "active" && (
                  <Button size="compact-xs" variant="default" onClick={() => setRevoking(key)}>
                    {t("key.revoke")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {making && (
        <NewKey
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setIssued(made);
          }}
        />
      )}
      {issued && <Once title={t("key.once")} text={t("key.onceText")} secret={issued.key} onClose={() => setIssued(undefined)} />}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  );
}

const day = 86_400_000; // ms

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (made: Issued) => void }) {
  const { t } = useTranslation(["admin", "account", "common"]);
  const accounts = useInfiniteQuery(usersQuery({ kind: "service", state: "active" })).data?.pages.flatMap((page) => page.items) ?? [];
  const [chosen, setChosen] = useState("");
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [asked, setAsked] = useState(false);
  const command = useNewKey({ onRecorded: onMade });
  const stays = unsettled(command); // the key is told this once
  const account = chosen || accounts[0]?.id || "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (account === "" || name.trim() === "") return;
    void command.run({ account, name: name.trim(), expires_at: new Date(Math.floor(Date.now() / day + Number(days)) * day).toISOString() });
  };
  return (
    <Modal
      opened
      onClose={() => stays || onClose()}
      title={t("key.new")}
      closeButtonProps={{ "aria-label": t("common:action.close"), disabled: stays }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t("key.newText")}</Text>
          {accounts.length === 0 && (
            <Alert variant="outline" color="yellow">
              {t("key.noAccount")}
            </Alert>
          )}
          <NativeSelect
            label={t("key.account")}
            value={account}
            onChange={(e) => setChosen(e.currentTarget.value)}
            data={accounts.map((a) => ({ value: a.id, label: a.name }))}
          />
          <TextInput
            data-autofocus
            label={t("key.name")}
            description={t("key.nameNote")}
            required
            maxLength={100}
            value={name}
            error={asked && name.trim() === "" ? t("account:required") : undefined}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <NativeSelect
            label={t("key.lasts")}
            value={days}
            onChange={(e) => setDays(e.currentTarget.value)}
            data={[30, 90, 180, 365].map((n) => ({ value: String(n), label: t("key.days", { count: n }) }))}
          />
          <CommandNote command={command} />
          <Button type="submit" loading={command.busy}>
            {t("key.make")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const command = useRevokeKey(apiKey.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("key.revokeTitle", { name: apiKey.name })}
      text={t("key.revokeText")}
      action={t("key.revoke")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}
