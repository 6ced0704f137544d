// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Accordion, Skeleton, Tabs } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { recordQuery } from "~/api/records";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { later } from "~/ui/soon";
import { DataPart } from "./DataPart";
import { Facts, Marks, OpenTasks } from "./Facts";
import { RecordActions } from "./RecordActions";
import classes from "./RecordPage.module.css";
import { type Part, parts } from "./routes";

const route = getRouteApi("/records/$id");

const drawn: { [K in Part]: React.ComponentType<{ record: RecordBody }> } = {
  data: DataPart,
  files: later(() => import("./FilesPart"), "FilesPart"),
  process: later(() => import("./ProcessPart"), "ProcessPart"),
  history: later(() => import("./HistoryPart"), "HistoryPart"),
  signatures: later(() => import("./SignaturesPart"), "SignaturesPart"),
  versions: later(() => import("./VersionsPart"), "VersionsPart"),
  links: later(() => import("./LinksPart"), "LinksPart"),
};

/** RecordPage is one record whole: where it stands, what it says, and everything that happened to it. */
export function RecordPage() {
  const { t } = useTranslation(["records", "common"]);
  const { id } = route.useParams();
  const record = useQuery(recordQuery(id));
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  if (record.isPending) {
    return (
      <Page title={t("common:state.loading")}>
        <Skeleton height={24} width={320} mb={16} />
        <RowSkeletons rows={8} />
      </Page>
    );
  }
  if (record.isError && !record.data) {
    return (
      <Page title={t("title")}>
        <ProblemNote problem={record.error} onRetry={() => void record.refetch()} />
      </Page>
    );
  }
  const { data, etag } = record.data;
  return (
    <Page title={data.title} actions={<RecordActions key={id} record={data} etag={etag} />}>
      <Marks record={data} />
      <div className={classes.layout}>
        <aside className={classes.aside} aria-label={t("facts.title")}>
          <OpenTasks record={data} />
          {!phone && <Facts record={data} />}
        </aside>
        <div className={classes.main}>
          <Parts key={id} record={data} phone={phone} />
        </div>
      </div>
    </Page>
  );
}

// Parts are tabs where there is room, and the address names the one that is open. On a phone they are stacked, and opened as one likes.
function Parts({ record, phone }: { record: RecordBody; phone: boolean }) {
  const { t } = useTranslation("records");
  const { part } = route.useSearch();
  const navigate = route.useNavigate();
  const [stack, setStack] = useState<string[]>([part ?? "data"]);
  const open = (next: string | null) => void navigate({ search: { part: next as Part }, replace: true, resetScroll: false });
  if (phone) {
    return (
      <Accordion
        multiple
        order={2}
        value={stack}
        onChange={setStack}
        classNames={{ label: classes.stackLabel, content: classes.stackContent }}
      >
        <Accordion.Item value="facts">
          <Accordion.Control>{t("facts.title")}</Accordion.Control>
          <Accordion.Panel>
            <Facts record={record} />
          </Accordion.Panel>
        </Accordion.Item>
        {parts.map((name) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control>{t(`part.${name}`)}</Accordion.Control>
            <Accordion.Panel>{stack.includes(name) && <Drawn name={name} record={record} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    );
  }
  return (
    <Tabs value={part ?? "data"} onChange={open} keepMounted={false}>
      <Tabs.List className={classes.tabs}>
        {parts.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`part.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {parts.map((name) => (
        <Tabs.Panel key={name} value={name} pt="md">
          <Drawn name={name} record={record} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Drawn({ name, record }: { name: Part; record: RecordBody }) {
  const Shown = drawn[name];
  return (
    <Suspense fallback={<RowSkeletons rows={6} />}>
      <Shown record={record} />
    </Suspense>
  );
}
