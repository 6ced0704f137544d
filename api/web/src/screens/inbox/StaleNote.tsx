// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FieldChange, namesQuery, versionsQuery } from "~/api/recordparts";
import { useTranslation } from "~/i18n/texts";
import { ChangedFileList } from "~/ui/changedfilelist";
import { changedFiles } from "~/ui/changedfiles";
import { dateText, instantText } from "~/ui/instant";
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
  const textOf = useTextOf();
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

const instant = /^\d{4}-\d\d-\d\dT\d\d:/;
const date = /^\d{4}-\d\d-\d\d$/;

// useTextOf says a value whose field is not known as people read it: instants and dates as such, people by their names, no punctuation of data.
function useTextOf(): (value: unknown) => string {
  const { t, i18n } = useTranslation("common");
  const names = useQuery(namesQuery).data;
  return function textOf(value): string {
    if (typeof value === "boolean") return t(value ? "state.yes" : "state.no");
    if (Array.isArray(value)) return value.map(textOf).join("; ");
    if (typeof value === "object" && value !== null) {
      const given = Object.entries(value).filter(([, part]) => !blank(part));
      return given.map(([name, part]) => `${humanize(name)}: ${textOf(part)}`).join(", ");
    }
    const text = String(value);
    if (instant.test(text)) return instantText(text, undefined, i18n.language);
    if (date.test(text)) return dateText(text, "UTC", i18n.language);
    return names?.[text] ?? text;
  };
}
