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
import { useMe } from "~/api/me";
import { evidenceAddress } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { usePaletteActions } from "~/shell/actions";
import { type Act, actsOn, changes } from "./acts";
import { PrintButton } from "./Print";

const Dialogs = lazy(() => import("./RecordDialogs"));

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
                  c={name === "cancel" ? "var(--bad)" : undefined}
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
