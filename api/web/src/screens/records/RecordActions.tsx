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
import { Suspense, useState } from "react";
import { useMe } from "~/api/me";
import { evidenceAddress } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { usePaletteActions } from "~/shell/actions";
import { useSeen } from "~/ui/seen";
import { later } from "~/ui/soon";
import { type Act, actsOn, changes } from "./acts";
import { PrintButton } from "./Print";
import { Since } from "./Since";

const Dialogs = later(() => import("./RecordDialogs"));

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
  const [open, setOpen] = useState<{ act: Act; record: RecordBody }>(); // the record as it was seen when the dialog opened
  const seen = useSeen(etag, open !== undefined);
  const begin = (act: Act) => setOpen({ act, record });
  const acts = changes(me) ? actsOn(record) : [];
  usePaletteActions(acts.map((name) => ({ id: `record-${name}`, label: t(`command.${name}.title`), run: () => begin(name) })));
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
                  onClick={() => begin(name)}
                >
                  {t(`command.${name}.title`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
      {open && (
        <Suspense>
          <Dialogs
            act={open.act}
            record={open.record}
            sight={{
              seen: {
                ...seen,
                look: () => {
                  seen.look();
                  begin(open.act);
                },
              },
              since: <Since record={record} after={open.record.version} />,
            }}
            onClose={() => setOpen(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}
