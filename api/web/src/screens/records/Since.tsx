// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { versionsQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { RowSkeletons } from "~/ui/page";
import { Person } from "~/ui/person";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import { Changes } from "./Changes";
import classes from "./RecordPage.module.css";

/** Since is what was changed after a version of the record, up to the present one. */
export function Since({ record, after }: { record: RecordBody; after: number }) {
  const { t } = useTranslation("records");
  const versions = useQuery(versionsQuery(record.id));
  if (versions.isPending) return <RowSkeletons rows={1} />;
  if (!versions.data) return <ProblemNote problem={versions.error} onRetry={() => void versions.refetch()} />;
  const later = versions.data.items.filter(({ version }) => version > after && version <= record.version);
  return later.map((version) => (
    <div key={version.version}>
      <div className={classes.small}>
        {t("versions.n", { n: version.version })} · <Person who={version.by} /> · <DateTime at={version.at} zone={record.site.zone} />
      </div>
      {version.reason && <div dir="auto">{version.reason}</div>}
      <Changes record={record} changes={version.changes} />
    </div>
  ));
}
