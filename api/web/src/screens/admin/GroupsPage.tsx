// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor, Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { groupsQuery, useNewGroup } from "~/api/groups";
import { holds, useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Num, Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";

/** GroupsPage lists groups: who is in one holds what the group holds. */
export function GroupsPage() {
  const { t } = useTranslation("admin");
  const groups = useQuery(groupsQuery);
  const [making, setMaking] = useState(false);
  const admin = holds(useMe(), "admin");
  return (
    <Page title={t("place.groups")} actions={admin && <Button onClick={() => setMaking(true)}>{t("group.new")}</Button>}>
      {groups.isPending && <RowSkeletons />}
      {groups.isError && <ProblemNote problem={groups.error} onRetry={() => void groups.refetch()} />}
      {groups.data?.length === 0 && <Empty text={t("group.empty")} />}
      {groups.data && groups.data.length > 0 && (
        <Sheet
          label={t("place.groups")}
          head={[
            { key: "name", label: t("group.name") },
            { key: "members", label: t("group.members"), number: true },
            { key: "made", label: t("person.made") },
          ]}
        >
          {groups.data.map((group) => (
            <tr key={group.id}>
              <td>
                <Anchor inherit renderRoot={(props) => <Link to="/admin/groups/$id" params={{ id: group.id }} {...props} />}>
                  <bdi>{group.name}</bdi>
                </Anchor>
              </td>
              <Num>{group.member_count}</Num>
              <td>
                <DateTime at={group.created_at} />
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {making && <NewGroup onClose={() => setMaking(false)} />}
    </Page>
  );
}

function NewGroup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useNewGroup({ onRecorded: ({ id }) => void navigate({ to: "/admin/groups/$id", params: { id } }) });
  return (
    <CommandDialog
      command={command}
      title={t("group.new")}
      text={t("group.newText")}
      action={t("group.make")}
      build={(reason) => {
        setAsked(true);
        return name.trim() === "" ? undefined : { name: name.trim(), reason };
      }}
      onClose={onClose}
    >
      <TextInput
        label={t("group.name")}
        required
        value={name}
        error={asked && name.trim() === "" ? t("account:required") : undefined}
        onChange={(e) => setName(e.currentTarget.value)}
      />
    </CommandDialog>
  );
}
