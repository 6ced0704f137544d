// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { type GroupView, groupQuery, useJoin, useLeave, useRenameGroup } from "~/api/groups";
import { holds, useMe } from "~/api/me";
import type { GroupMember } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { PersonPicker } from "~/ui/personpicker";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { Grants } from "./Grants";
import { Part } from "./Part";

const route = getRouteApi("/admin/groups/$id");

/** GroupPage is who is in a group, and what they hold through it. */
export function GroupPage() {
  const { t } = useTranslation("admin");
  const { id } = route.useParams();
  const group = useQuery(groupQuery(id));
  if (group.data) return <Body key={id} group={group.data} />;
  return (
    <Page title={t("place.groups")}>
      {group.isError ? <ProblemNote problem={group.error} onRetry={() => void group.refetch()} /> : <RowSkeletons />}
    </Page>
  );
}

function Body({ group }: { group: GroupView }) {
  const { t } = useTranslation("admin");
  const admin = holds(useMe(), "admin");
  const [open, setOpen] = useState<"rename" | "join" | GroupMember>();
  const close = () => setOpen(undefined);
  return (
    <Page
      title={group.name}
      actions={
        admin && (
          <Button variant="default" onClick={() => setOpen("rename")}>
            {t("group.rename")}
          </Button>
        )
      }
    >
      <Stack gap="lg" maw={960}>
        <Part
          title={t("group.members")}
          end={
            admin && (
              <Button size="xs" variant="default" onClick={() => setOpen("join")}>
                {t("group.join")}
              </Button>
            )
          }
        >
          {group.members.length === 0 ? (
            <Empty inline text={t("group.noMembers")} />
          ) : (
            <Sheet
              label={t("group.members")}
              head={[
                { key: "name", label: t("people.name") },
                { key: "username", label: t("people.username") },
                { key: "leave", label: t("group.leave"), hidden: true },
              ]}
            >
              {group.members.map((member) => (
                <tr key={member.id}>
                  <td>
                    <Link to="/admin/people/$id" params={{ id: member.id }}>
                      <bdi>{member.name}</bdi>
                    </Link>
                  </td>
                  <td>
                    <span className="mono">{member.username}</span>
                  </td>
                  <td>
                    {admin && (
                      <Button size="compact-xs" variant="default" onClick={() => setOpen(member)}>
                        {t("group.leave")}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </Sheet>
          )}
        </Part>
        <Part title={t("grant.title")}>
          <Grants of="groups" id={group.id} name={group.name} grants={group.grants} may={admin} />
        </Part>
      </Stack>
      {open === "rename" && <Rename group={group} onClose={close} />}
      {open === "join" && <Join group={group} onClose={close} />}
      {typeof open === "object" && <Leave group={group} member={open} onClose={close} />}
    </Page>
  );
}

function Rename({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const [name, setName] = useState(group.name);
  const command = useRenameGroup(group.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("group.rename")}
      action={t("group.rename")}
      build={(reason) => (name.trim() === "" ? undefined : { name: name.trim(), reason })}
      onClose={onClose}
    >
      <TextInput label={t("group.name")} required value={name} onChange={(e) => setName(e.currentTarget.value)} />
    </CommandDialog>
  );
}

function Join({ group, onClose }: { group: GroupView; onClose: () => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const [user, setUser] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useJoin(group.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("group.joinTitle", { name: group.name })}
      text={t("group.joinText")}
      action={t("group.join")}
      build={(reason) => {
        setAsked(true);
        return user === "" ? undefined : { user, reason };
      }}
      onClose={onClose}
    >
      <PersonPicker
        label={t("people.name")}
        value={user}
        onChange={setUser}
        required
        error={asked && user === "" ? t("account:required") : undefined}
      />
    </CommandDialog>
  );
}

function Leave({ group, member, onClose }: { group: GroupView; member: GroupMember; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const command = useLeave(group.id, member.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("group.leaveTitle", { name: member.name, group: group.name })}
      text={t("group.leaveText")}
      action={t("group.leave")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}
