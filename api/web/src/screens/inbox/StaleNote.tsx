// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FieldChange, versionsQuery } from "~/api/recordparts";
import { useTranslation } from "~/i18n/texts";
import { ChangedFileList } from "~/ui/changedfilelist";
import { changedFiles } from "~/ui/changedfiles";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import classes from "./Task.module.css";
import { humanize } from "./words";

interface StaleNoteProps {
  record: string;
  /** The version that was seen; now is the present one, where it is known. */
  seen: number;
  now?: number;
  /** Told up to which version the difference was shown. */
  onLooked: (version: number | undefined) => void;
}

/** StaleNote shows what was changed since somebody looked, and asks to look again: nobody decides on what he has not seen. */
export function StaleNote({ record, seen, now, onLooked }: StaleNoteProps) {
  const { t } = useTranslation("task");
  const versions = useQuery({
    ...versionsQuery(record),
    queryKey: [...versionsQuery(record).queryKey, `after ${seen}`, `${now ?? ""}`],
    staleTime: 0,
  });
  const later = versions.data?.items.filter((version) => version.version > seen) ?? [];
  const current = now ?? later[later.length - 1]?.version;
  return (
    <Alert color="yellow" variant="outline" role="alert" icon={<IconArrowsDiff />} title={t("stale.title")}>
      <Stack gap="sm">
        <Text size="sm">{t("stale.text", { seen, now: current ?? "…" })}</Text>
        {versions.isPending && <Loader size={14} />}
        {versions.isError && <ProblemNote problem={versions.error} onRetry={() => void versions.refetch()} />}
        {later.map((version) => (
          <div key={version.version}>
            <Text size="sm" fw={500}>
              {t("stale.version", { n: version.version, name: version.by.name })} <DateTime at={version.at} />
            </Text>
            {version.reason && (
              <Text size="sm" dir="auto">
                {version.reason}
              </Text>
            )}
            <Changes changes={version.changes} />
          </div>
        ))}
        <Group justify="end">
          <Button variant="default" disabled={!versions.data} onClick={() => onLooked(current)}>
            {t("stale.looked")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** Changes sets what was beside what is. */
export function Changes({ changes }: { changes: FieldChange[] }) {
  return (
    <dl className={classes.changes}>
      {changes.map((change) => (
        <Change key={change.field} change={change} />
      ))}
    </dl>
  );
}

function Change({ change }: { change: FieldChange }) {
  const { t } = useTranslation("task");
  const files = changedFiles(change);
  if (files) {
    return (
      <div>
        <dt>{t("files")}</dt>
        <dd>
          <ChangedFileList files={files} />
        </dd>
      </div>
    );
  }
  return (
    <div>
      <dt>
        {change.field
          .replace(/^data\./, "")
          .split(".")
          .map(humanize)
          .join(" · ")}
      </dt>
      <dd dir="auto">
        {!blank(change.old) && <del>{textOf(change.old)}</del>} {!blank(change.new) ? <ins>{textOf(change.new)}</ins> : t("removed")}
      </dd>
    </div>
  );
}

const blank = (value: unknown) => value === null || value === undefined || value === "";

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(value, null, 1);
}
