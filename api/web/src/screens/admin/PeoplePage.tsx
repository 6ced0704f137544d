// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Badge, Button, Group, NativeSelect, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { holds, useMe } from "~/api/me";
import { type Issued, type UserItem, type UserQuery, useNewUser, usersQuery } from "~/api/users";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Once } from "~/ui/once";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import { roles, useRoleName } from "./roles";

const route = getRouteApi("/admin/people");

/** PeoplePage finds accounts, and makes them. */
export function PeoplePage() {
  const { t } = useTranslation(["admin", "common"]);
  const me = useMe();
  const search = route.useSearch();
  const list = useInfiniteQuery(usersQuery(search as UserQuery));
  const people = list.data?.pages.flatMap((page) => page.items) ?? [];
  const [making, setMaking] = useState(false);
  const [issued, setIssued] = useState<Issued>();
  return (
    <Page title={t("place.people")} actions={holds(me, "admin") && <Button onClick={() => setMaking(true)}>{t("people.new")}</Button>}>
      <Stack gap="sm">
        <Filters />
        {list.isPending && <RowSkeletons />}
        {list.isError && <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />}
        {list.isSuccess && people.length === 0 && <Empty text={t("people.empty")} />}
        {people.length > 0 && <PeopleTable people={people} />}
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("common:action.more")}
          </Button>
        )}
      </Stack>
      {making && (
        <NewUser
          onClose={() => setMaking(false)}
          onMade={(made, person) => {
            setMaking(false);
            if (person) setIssued(made);
          }}
        />
      )}
      {issued && (
        <Once
          title={t("people.oneTime")}
          text={t("people.oneTimeText")}
          secret={issued.one_time_password}
          onClose={() => setIssued(undefined)}
        />
      )}
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation("admin");
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const roleName = useRoleName();
  const set = (change: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const find = useDebouncedCallback((q: string) => set({ q: q || undefined }), 250);
  return (
    <Group gap="xs" align="end" role="search" aria-label={t("place.people")}>
      <TextInput
        size="xs"
        w={240}
        label={t("people.find")}
        defaultValue={search.q ?? ""}
        onChange={(e) => find(e.currentTarget.value.trim())}
      />
      <NativeSelect
        size="xs"
        label={t("people.role")}
        value={search.role ?? ""}
        onChange={(e) => set({ role: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("all") }, ...roles.map((value) => ({ value, label: roleName(value) }))]}
      />
      <NativeSelect
        size="xs"
        label={t("people.site")}
        value={search.site ?? ""}
        onChange={(e) => set({ site: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("all") }, ...me.sites.map((site) => ({ value: site.id, label: site.name }))]}
      />
      <NativeSelect
        size="xs"
        label={t("people.state")}
        value={search.state ?? ""}
        onChange={(e) => set({ state: e.currentTarget.value || undefined })}
        data={[
          { value: "", label: t("all") },
          ...(["active", "locked", "deactivated"] as const).map((value) => ({ value, label: t(`state.${value}`) })),
        ]}
      />
      <NativeSelect
        size="xs"
        label={t("people.kind")}
        value={search.kind ?? ""}
        onChange={(e) => set({ kind: e.currentTarget.value || undefined })}
        data={[{ value: "", label: t("all") }, ...(["person", "service"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))]}
      />
    </Group>
  );
}

function PeopleTable({ people }: { people: readonly UserItem[] }) {
  const { t } = useTranslation("admin");
  return (
    <Sheet
      label={t("place.people")}
      head={[
        { key: "name", label: t("people.name") },
        { key: "username", label: t("people.username") },
        { key: "state", label: t("people.state") },
        { key: "last", label: t("people.signedIn") },
      ]}
    >
      {people.map((user) => (
        <tr key={user.id}>
          <td>
            <Anchor inherit renderRoot={(props) => <Link to="/admin/people/$id" params={{ id: user.id }} {...props} />}>
              <bdi>{user.name}</bdi>
            </Anchor>
            {user.kind === "service" && (
              <Badge ms={8} variant="default">
                {t("kind.service")}
              </Badge>
            )}
          </td>
          <td>
            <span className="mono">{user.username}</span>
          </td>
          <td>
            <UserState state={user.state} />
          </td>
          <td>{user.signed_in_at ? <DateTime at={user.signed_in_at} /> : <span className="quiet">{t("people.never")}</span>}</td>
        </tr>
      ))}
    </Sheet>
  );
}

/** UserState says whether an account is in use. */
export function UserState({ state }: { state: UserItem["state"] }) {
  const { t } = useTranslation("admin");
  if (state === "active") return <span>{t("state.active")}</span>;
  return <Badge color={state === "locked" ? "red" : "gray"}>{t(`state.${state}`)}</Badge>;
}

function NewUser({ onClose, onMade }: { onClose: () => void; onMade: (made: Issued, person: boolean) => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const [kind, setKind] = useState<"person" | "service">("person");
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useNewUser({ onRecorded: (made, vars) => onMade(made, vars.kind === "person") });
  const missing = (value: string) => (asked && value.trim() === "" ? t("account:required") : undefined);
  return (
    <CommandDialog
      command={command}
      title={t("people.new")}
      text={t(kind === "person" ? "people.newText" : "people.newService")}
      action={t("people.make")}
      onClose={onClose}
      build={(reason) => {
        setAsked(true);
        if (name.trim() === "" || username.trim() === "") return undefined;
        return { kind, name: name.trim(), username: username.trim(), email: email.trim() || undefined, reason };
      }}
    >
      <Select
        label={t("people.kind")}
        value={kind}
        allowDeselect={false}
        onChange={(value) => setKind(value === "service" ? "service" : "person")}
        data={(["person", "service"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
      />
      <TextInput
        label={t("people.name")}
        description={t("people.nameNote")}
        required
        value={name}
        error={missing(name)}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <TextInput
        label={t("people.username")}
        description={t("people.usernameNote")}
        required
        autoComplete="off"
        value={username}
        error={missing(username)}
        onChange={(e) => setUsername(e.currentTarget.value.toLowerCase())}
      />
      <TextInput label={t("people.email")} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
    </CommandDialog>
  );
}
