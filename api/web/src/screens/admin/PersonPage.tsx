// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Badge, Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { holds, type Me, useMe } from "~/api/me";
import {
  type Issued,
  type UserView,
  useEndSession,
  useResetPassword,
  userQuery,
  userSessionsQuery,
  useUserAct,
  useVerifyIdentity,
} from "~/api/users";
import { useTranslation } from "~/i18n/texts";
import { AbsenceTable } from "~/ui/absences";
import { CommandDialog } from "~/ui/commanddialog";
import { Once } from "~/ui/once";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { SessionTable } from "~/ui/sessions";
import { DateTime } from "~/ui/time";
import classes from "./admin.module.css";
import { Grants } from "./Grants";
import { Part } from "./Part";
import { UserState } from "./PeoplePage";

const route = getRouteApi("/admin/people/$id");

type Act = "verify" | "unlock" | "reset_password" | "reset_totp" | "deactivate";

/** PersonPage is one account: what it holds, what keeps it from signing, and the acts that mend that. */
export function PersonPage() {
  const { t } = useTranslation("admin");
  const { id } = route.useParams();
  const me = useMe();
  const user = useQuery(userQuery(id));
  if (user.isPending) return <Page title={t("place.people")}>{<RowSkeletons />}</Page>;
  if (!user.data) {
    return (
      <Page title={t("place.people")}>
        <ProblemNote problem={user.error} onRetry={() => void user.refetch()} />
      </Page>
    );
  }
  return (
    <Account
      key={id}
      user={user.data}
      me={me}
      failed={user.isError && <ProblemNote problem={user.error} onRetry={() => void user.refetch()} />}
    />
  );
}

function Account({ user, me, failed }: { user: UserView; me: Me; failed: ReactNode }) {
  const { t } = useTranslation("admin");
  const [act, setAct] = useState<Act>();
  const [issued, setIssued] = useState<Issued>();
  const admin = holds(me, "admin");
  const close = () => setAct(undefined);
  return (
    <Page
      title={user.name}
      actions={
        admin &&
        user.state !== "deactivated" &&
        user.id !== me.id && (
          <Button variant="default" color="red" onClick={() => setAct("deactivate")}>
            {t("act.deactivate")}
          </Button>
        )
      }
    >
      <Stack gap="lg" maw={960}>
        {failed}
        <Facts user={user} />
        {user.kind === "person" && <Signing user={user} me={me} onAct={setAct} />}
        <Part title={t("grant.title")}>
          <Grants of="users" id={user.id} name={user.name} grants={user.grants} may={admin && user.state !== "deactivated"} />
        </Part>
        <Part title={t("place.groups")}>
          {user.groups.length === 0 ? (
            <Empty inline text={t("person.noGroups")} />
          ) : (
            <Group gap="xs">
              {user.groups.map((group) => (
                <Link key={group.id} to="/admin/groups/$id" params={{ id: group.id }}>
                  <bdi>{group.name}</bdi>
                </Link>
              ))}
            </Group>
          )}
        </Part>
        {user.absences.length > 0 && (
          <Part title={t("place.absences")}>
            <AbsenceTable absences={user.absences} mayEnd={holds(me, "admin", "manager", "area_head", "quality_head")} />
          </Part>
        )}
        {admin && <Sessions id={user.id} />}
      </Stack>
      {act === "verify" && <VerifyDialog user={user} onClose={close} />}
      {act === "reset_password" && (
        <ResetDialog
          user={user}
          onClose={close}
          onIssued={(made) => {
            close();
            setIssued(made);
          }}
        />
      )}
      {(act === "unlock" || act === "reset_totp" || act === "deactivate") && <ActDialog user={user} act={act} onClose={close} />}
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

function Facts({ user }: { user: UserView }) {
  const { t } = useTranslation("admin");
  return (
    <dl className={classes.facts}>
      <dt>{t("people.username")}</dt>
      <dd className="mono">{user.username}</dd>
      <dt>{t("people.kind")}</dt>
      <dd>{t(`kind.${user.kind}`)}</dd>
      <dt>{t("people.state")}</dt>
      <dd>
        <UserState state={user.state} />
        {user.locked_at && (
          <>
            {" "}
            <DateTime at={user.locked_at} />
          </>
        )}
      </dd>
      {user.email && (
        <>
          <dt>{t("people.email")}</dt>
          <dd>{user.email}</dd>
        </>
      )}
      <dt>{t("people.signedIn")}</dt>
      <dd>{user.signed_in_at ? <DateTime at={user.signed_in_at} /> : t("people.never")}</dd>
      <dt>{t("person.made")}</dt>
      <dd>
        <DateTime at={user.created_at} />{" "}
        {user.created_by && (
          <>
            · <bdi>{user.created_by.name}</bdi>
          </>
        )}
      </dd>
    </dl>
  );
}

function Signing({ user, me, onAct }: { user: UserView; me: Me; onAct: (act: Act) => void }) {
  const { t } = useTranslation("admin");
  const admin = holds(me, "admin");
  const other = user.id !== me.id;
  const active = user.state !== "deactivated";
  return (
    <Part title={t("signing.title")}>
      <div className={classes.box}>
        <Stack gap="sm">
          {user.signing.ready ? (
            <Group gap={4} c="var(--good)">
              <IconCheck size={16} aria-hidden /> {t("signing.ready")}
            </Group>
          ) : (
            <Alert variant="outline" color="yellow" icon={<IconAlertTriangle />} title={t("signing.blocked")}>
              <List size="sm">
                {user.signing.blocked_by.map((reason) => (
                  <List.Item key={reason.rule + reason.text}>
                    <bdi>
                      <bdi>{reason.text}</bdi>
                    </bdi>{" "}
                    <span className="mono quiet">{reason.rule}</span>
                  </List.Item>
                ))}
              </List>
            </Alert>
          )}
          <dl className={classes.facts}>
            <dt>{t("signing.identity")}</dt>
            <dd>
              {user.identity.verified && user.identity.at ? (
                <>
                  <DateTime at={user.identity.at} /> · <bdi>{user.identity.by?.name ?? t("grant.founded")}</bdi> ·{" "}
                  <bdi>{user.identity.method}</bdi>
                </>
              ) : (
                <Missing />
              )}
            </dd>
            <dt>{t("signing.statement")}</dt>
            <dd>{user.statement_signed_at ? <DateTime at={user.statement_signed_at} /> : <Missing />}</dd>
            <dt>{t("signing.password")}</dt>
            <dd>
              {user.password_set_at ? <DateTime at={user.password_set_at} /> : <Missing />}{" "}
              {user.must_change && <Badge color="yellow">{t("signing.mustChange")}</Badge>}
            </dd>
            <dt>{t("signing.totp")}</dt>
            <dd>{t(user.totp ? "signing.totpOn" : "signing.totpOff")}</dd>
            {user.credential_reset && (
              <>
                <dt>{t("signing.reset")}</dt>
                <dd>
                  {user.credential_reset.at ? <DateTime at={user.credential_reset.at} /> : t("signing.enrolled")}{" "}
                  {user.credential_reset.by && (
                    <>
                      · <bdi>{user.credential_reset.by.name}</bdi>
                    </>
                  )}
                  <Text size="xs" c="dimmed">
                    {t("signing.resetNote")}
                  </Text>
                </dd>
              </>
            )}
          </dl>
          {other && active && (
            <Group gap="xs">
              {holds(me, "admin", "manager", "quality_head") && (!user.identity.verified || user.credential_reset !== undefined) && (
                <Button size="xs" onClick={() => onAct("verify")}>
                  {t("act.verify")}
                </Button>
              )}
              {admin && user.state === "locked" && (
                <Button size="xs" variant="default" onClick={() => onAct("unlock")}>
                  {t("act.unlock")}
                </Button>
              )}
              {admin && (
                <Button size="xs" variant="default" onClick={() => onAct("reset_password")}>
                  {t("act.reset_password")}
                </Button>
              )}
              {admin && user.totp && (
                <Button size="xs" variant="default" onClick={() => onAct("reset_totp")}>
                  {t("act.reset_totp")}
                </Button>
              )}
            </Group>
          )}
        </Stack>
      </div>
    </Part>
  );
}

function Missing() {
  const { t } = useTranslation("admin");
  return <span style={{ color: "var(--warn)" }}>{t("signing.missing")}</span>;
}

function Sessions({ id }: { id: string }) {
  const { t } = useTranslation("admin");
  return (
    <Part title={t("place.sessions")}>
      <PersonSessions id={id} />
    </Part>
  );
}

/** PersonSessions lists where somebody is logged in, and ends it with a reason. */
export function PersonSessions({ id }: { id: string }) {
  const sessions = useQuery(userSessionsQuery(id));
  const [ending, setEnding] = useState<string>();
  if (sessions.isPending) return <RowSkeletons rows={2} />;
  if (!sessions.data) return <ProblemNote problem={sessions.error} onRetry={() => void sessions.refetch()} />;
  return (
    <>
      {sessions.isError && <ProblemNote problem={sessions.error} onRetry={() => void sessions.refetch()} />}
      <SessionTable sessions={sessions.data} onEnd={(session) => setEnding(session.id)} />
      {ending && <EndSession id={id} session={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}

function EndSession({ id, session, onClose }: { id: string; session: string; onClose: () => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const command = useEndSession(id, session, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("account:session.endTitle")}
      text={t("account:session.endText")}
      action={t("account:session.end")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}

function ActDialog({ user, act, onClose }: { user: UserView; act: "unlock" | "reset_totp" | "deactivate"; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const command = useUserAct(user.id, act, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t(`act.${act}Title`, { name: user.name })}
      text={t(`act.${act}Text`)}
      action={t(`act.${act}`)}
      destructive={act === "deactivate"}
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}

function VerifyDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const { t } = useTranslation(["admin", "account"]);
  const [method, setMethod] = useState("");
  const [asked, setAsked] = useState(false);
  const command = useVerifyIdentity(user.id, { onRecorded: onClose });
  return (
    <CommandDialog
      command={command}
      title={t("act.verifyTitle", { name: user.name })}
      text={t("act.verifyText")}
      action={t("act.verify")}
      build={(reason) => {
        setAsked(true);
        return method.trim() === "" ? undefined : { method: method.trim(), reason };
      }}
      onClose={onClose}
    >
      <TextInput
        label={t("act.method")}
        description={t("act.methodNote")}
        required
        value={method}
        error={asked && method.trim() === "" ? t("account:required") : undefined}
        onChange={(e) => setMethod(e.currentTarget.value)}
      />
    </CommandDialog>
  );
}

function ResetDialog({ user, onClose, onIssued }: { user: UserView; onClose: () => void; onIssued: (made: Issued) => void }) {
  const { t } = useTranslation("admin");
  const command = useResetPassword(user.id, { onRecorded: onIssued });
  return (
    <CommandDialog
      command={command}
      title={t("act.reset_passwordTitle", { name: user.name })}
      text={t("act.reset_passwordText")}
      action={t("act.reset_password")}
      destructive
      build={(reason) => ({ reason })}
      onClose={onClose}
    />
  );
}
