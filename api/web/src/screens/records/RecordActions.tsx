// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconBan,
  IconCalendarPlus,
  IconChevronDown,
  IconFileZip,
  IconLink,
  IconMessage,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTag,
} from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { holds, type Me, useMe } from "~/api/me";
import { evidenceAddress } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { usePaletteActions } from "~/shell/actions";
import { PrintButton } from "./Print";

const Dialogs = lazy(() => import("./RecordDialogs"));

/** What a person can do with a record. */
export type Act = "comment" | "link" | "correct" | "reclassify" | "extend" | "hold" | "resume" | "cancel" | "reopen";

const icons: { [K in Act]: typeof IconLink } = {
  comment: IconMessage,
  link: IconLink,
  correct: IconPencil,
  reclassify: IconTag,
  extend: IconCalendarPlus,
  hold: IconPlayerPause,
  resume: IconPlayerPlay,
  cancel: IconBan,
  reopen: IconArrowBackUp,
};

// Who only reads is offered nothing to change. Who may do which of these is the server's to say, with its reasons.
const changes = (me: Me) => holds(me, "reporter", "area_owner", "area_head", "investigator", "expert", "qa_approver", "quality_head");

/** actsOn are the acts that the standing of a record leaves. */
export function actsOn(record: Pick<RecordBody, "state" | "held_at" | "closed_at">): Act[] {
  if (record.state === "cancelled") return ["comment", "link"];
  if (record.closed_at || record.state === "closed") return ["comment", "link", "reopen"];
  return ["comment", "link", "correct", "reclassify", "extend", record.held_at ? "resume" : "hold", "cancel"];
}

/** RecordActions is what can be done with the record, at the head of its page. */
export function RecordActions({ record, etag }: { record: RecordBody; etag: string }) {
  const { t } = useTranslation("records");
  const me = useMe();
  const [act, setAct] = useState<Act>();
  const acts = changes(me) ? actsOn(record) : [];
  usePaletteActions(acts.map((name) => ({ id: `record-${name}`, label: t(`command.${name}.title`), run: () => setAct(name) })));
  return (
    <>
      <Button
        variant="default"
        component="a"
        href={evidenceAddress(record.id)}
        download
        leftSection={<IconFileZip size={16} aria-hidden />}
      >
        {t("evidence")}
      </Button>
      <PrintButton record={record} />
      {acts.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t("command.menu")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {acts.map((name) => {
              const Icon = icons[name];
              return (
                <Menu.Item
                  key={name}
                  color={name === "cancel" ? "red" : undefined}
                  leftSection={<Icon size={16} aria-hidden />}
                  onClick={() => setAct(name)}
                >
                  {t(`command.${name}.title`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
      {act && (
        <Suspense>
          <Dialogs act={act} record={record} etag={etag} onClose={() => setAct(undefined)} />
        </Suspense>
      )}
    </>
  );
}
