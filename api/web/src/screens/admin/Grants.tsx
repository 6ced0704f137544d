// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, NativeSelect, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Role, useMe } from "~/api/me";
import { type GrantView, useGrant, useRevoke } from "~/api/users";
import { useTranslation } from "~/i18n/texts";
import { CommandDialog } from "~/ui/commanddialog";
import { Empty } from "~/ui/page";
import { Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import { roles, useRoleName } from "./roles";

interface GrantsProps {
  of: "users" | "groups";
  id: string;
  name: string;
  grants: readonly GrantView[];
  may: boolean;
}

/** Grants is the register of access of a person or a group: what is held, and what was. */
export function Grants({ of, id, name, grants, may }: GrantsProps) {
  const { t } = useTranslation("admin");
  const me = useMe();
  const roleName = useRoleName();
  const [granting, setGranting] = useState(false);
  const [revoking, setRevoking] = useState<GrantView>();
  const site = (value: string) => (value === "*" ? t("grant.everywhere") : (me.sites.find((s) => s.id === value)?.name ?? value));
  return (
    <Stack gap="xs" align="stretch">
      {grants.length === 0 ? (
        <Empty inline text={t("grant.none")} />
      ) : (
        <Sheet
          label={t("grant.title")}
          head={[
            { key: "role", label: t("grant.role") },
            { key: "site", label: t("grant.site") },
            { key: "given", label: t("grant.given") },
            { key: "taken", label: t("grant.taken") },
          ]}
        >
          {grants.map((grant) => (
            <tr key={grant.id}>
              <td>
                {roleName(grant.role)}
                {grant.group && of === "users" && (
                  <div className="quiet">
                    {t("grant.through")}{" "}
                    <Link to="/admin/groups/$id" params={{ id: grant.group.id }}>
                      {grant.group.name}
                    </Link>
                  </div>
                )}
              </td>
              <td dir="auto">{site(grant.site)}</td>
              <td>
                <DateTime at={grant.granted_at} />
                <div className="quiet" dir="auto">
                  {grant.granted_by?.name ?? t("grant.founded")}
                </div>
              </td>
              <td>
                {grant.revoked_at ? (
                  <>
                    <DateTime at={grant.revoked_at} />
                    <div className="quiet" dir="auto">
                      {grant.revoked_by?.name}
                    </div>
                  </>
                ) : (
                  may &&
                  (of === "groups" || !grant.group) && (
                    <Button size="compact-xs" variant="default" onClick={() => setRevoking(grant)}>
                      {t("grant.revoke")}
                    </Button>
                  )
                )}
              </td>
            </tr>
          ))}
        </Sheet>
      )}
      {may && (
        <div>
          <Button size="xs" variant="default" onClick={() => setGranting(true)}>
            {t("grant.give")}
          </Button>
        </div>
      )}
      {granting && <GrantDialog of={of} id={id} name={name} onClose={() => setGranting(false)} />}
      {revoking && (
        <RevokeDialog
          of={of}
          id={id}
          grant={revoking.id}
          text={t("grant.revokeText", { name, role: roleName(revoking.role), site: site(revoking.site) })}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Stack>
  );
}

function GrantDialog({ of, id, name, onClose }: { of: "users" | "groups"; id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const me = useMe();
  const roleName = useRoleName();
  const [role, setRole] = useState<Role>("reporter");
  const [site, setSite] = useState(me.sites[0]?.id ?? "*");
  const command = useGrant(of, id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("grant.giveTo", { name })}
      text={t("grant.giveText")}
      action={t("grant.give")}
      build={(reason) => ({ role, site, reason })}
      onClose={onClose}
    >
      <NativeSelect
        label={t("grant.role")}
        value={role}
        onChange={(e) => setRole(e.currentTarget.value as Role)}
        data={roles.map((value) => ({ value, label: roleName(value) }))}
      />
      <NativeSelect
        label={t("grant.site")}
        value={site}
        onChange={(e) => setSite(e.currentTarget.value)}
        data={[...me.sites.map((s) => ({ value: s.id, label: s.name })), { value: "*", label: t("grant.everywhere") }]}
      />
    </CommandDialog>
  );
}

interface RevokeProps {
  of: "users" | "groups";
  id: string;
  grant: string;
  text: string;
  onClose: () => void;
}

function RevokeDialog({ of, id, grant, text, onClose }: RevokeProps) {
  const { t } = useTranslation("admin");
  const command = useRevoke(of, id, grant, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("grant.revokeTitle")}
      text={text}
      action={t("grant.revoke")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}
