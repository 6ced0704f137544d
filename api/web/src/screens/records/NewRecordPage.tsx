// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useBlocker } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { formQuery } from "~/api/forms";
import { type Me, useMe } from "~/api/me";
import { useFiling } from "~/api/recordcommands";
import { typesQuery } from "~/api/records";
import type { FieldProblem, Record as RecordBody, TypeView } from "~/api/types.gen";
import type { FormDefinition } from "~/forms/definition";
import { FormFields } from "~/forms/FormFields";
import { useFilling } from "~/forms/filling";
import { PersonInput } from "~/forms/pickers";
import { useTranslation } from "~/i18n/texts";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { StandingNote } from "~/ui/standing";
import { Filed, NewFiles, useNewFiles } from "./NewFiles";
import classes from "./NewRecordPage.module.css";

const route = getRouteApi("/records/new/$type");

/** NewRecordPage files a record of any type that the server declares, with the form that the type is filed with. */
export function NewRecordPage() {
  const { t } = useTranslation("records");
  const { type: name } = route.useParams();
  const types = useQuery(typesQuery);
  const type = types.data?.find((other) => other.name === name);
  const form = useQuery({ ...formQuery(type?.form ?? ""), enabled: type !== undefined });
  const title = t("new.title", { type: type?.title ?? "" });
  const problem = types.error ?? form.error;
  if (problem) {
    return (
      <Page title={title}>
        <ProblemNote problem={problem} />
      </Page>
    );
  }
  if (types.data && !type) {
    return (
      <Page title={title}>
        <Empty text={t("new.unknown")} />
      </Page>
    );
  }
  if (!type || !form.data) {
    return (
      <Page title={title}>
        <RowSkeletons />
      </Page>
    );
  }
  return <Filing key={type.name} type={type} form={form.data} />;
}

const none: FieldProblem[] = [];
const dataPrefix = /^(data|report)\./;

// sitesOf are those at which a person works; all, where one of his roles is for all of them.
function sitesOf(me: Me) {
  const own = new Set(me.grants.map((grant) => grant.site));
  const sites = me.sites.filter((site) => own.has(site.id));
  return sites.length > 0 ? sites : me.sites;
}

function Filing({ type, form }: { type: TypeView; form: FormDefinition }) {
  const { t } = useTranslation(["records", "common", "files"]);
  const me = useMe();
  const navigate = route.useNavigate();
  const sites = sitesOf(me);
  const [site, setSite] = useState<string | null>(sites.length === 1 && sites[0] ? sites[0].id : null);
  const [owner, setOwner] = useState("");
  const [asked, setAsked] = useState(false);
  const files = useNewFiles();
  const over = useRef(false);
  const open = (id: string, whole: boolean) => {
    over.current = whole; // unless it is asked first
    void navigate({ to: "/records/$id", params: { id }, search: {}, replace: true });
  };
  const [filed, setFiled] = useState<RecordBody>();
  const filing = useFiling(type.path, {
    onRecorded: (record) => {
      if (files.due.length === 0) open(record.id, true);
      else setFiled(record);
    },
  });
  const located = filing.problem?.errors ?? none;
  const zone = sites.find((other) => other.id === site)?.zone;
  const filling = useFilling({ form, zone, problems: located, takeFile: files.take, filesLater: true });
  const unsaved = filling.dirty || files.uploads.chosen.length > 0;
  useBlocker({
    shouldBlockFn: () => unsaved && !over.current && !window.confirm(t(filed ? "files:new.leave" : "new.leave")),
    enableBeforeUnload: () => unsaved && !over.current,
  });
  const waits = files.uploads.chosen.length > 0 && !files.uploads.ready;
  const send = (draft: boolean) => {
    setAsked(true);
    if (site === null) {
      document.getElementById("new-site")?.focus();
      return;
    }
    if (waits) {
      document.getElementById("new-files")?.focus();
      return;
    }
    const data = draft ? filling.draft() : filling.complete();
    if (data) void filing.run({ site, data, ...(draft ? { draft } : {}), ...(owner === "" ? {} : { owner }) });
  };
  if (filed)
    return <Filed record={filed} title={t("new.title", { type: type.title })} files={files} onOpen={(whole) => open(filed.id, whole)} />;
  // What the server found wrong stands at its field; what has none is told here.
  const homeless = located.filter((error) => !filling.view.fields.has(error.path.replace(dataPrefix, "").split(/[.[]/)[0] ?? ""));
  return (
    <Page title={t("new.title", { type: type.title })}>
      <Stack gap="lg" className={classes.form}>
        <div className={classes.head}>
          <Select
            id="new-site"
            label={t("new.site")}
            description={zone ? t("new.zone", { zone }) : t("new.siteHelp")}
            required
            value={site}
            data={sites.map((other) => ({ value: other.id, label: other.name ?? other.id }))}
            error={asked && site === null ? t("new.siteHelp") : undefined}
            onChange={setSite}
          />
          <PersonInput
            common={{
              id: "new-owner",
              label: t("new.owner"),
              description: t("new.ownerHelp"),
              required: false,
              readOnly: false,
              disabled: false,
            }}
            value={owner}
            set={(next) => setOwner(typeof next === "string" ? next : "")}
          />
        </div>
        <FormFields filling={filling} />
        <NewFiles files={files} disabled={filing.busy} />
      </Stack>
      <div className={classes.foot}>
        {filing.standing !== "idle" && <StandingNote command={filing} />}
        {asked && waits && (
          <Text size="sm" c="var(--bad)" role="alert">
            {t("files:new.wait")}
          </Text>
        )}
        {homeless.map((error) => (
          <Text key={error.path + error.code} size="sm" c="var(--bad)">
            {error.message}
          </Text>
        ))}
        <Group gap="xs">
          <Button loading={filing.busy} onClick={() => send(false)}>
            {t("new.file")}
          </Button>
          <Button variant="default" loading={filing.busy} onClick={() => send(true)}>
            {t("new.draft")}
          </Button>
          <Text size="xs" c="dimmed">
            {t("new.draftHelp")}
          </Text>
        </Group>
      </div>
    </Page>
  );
}
