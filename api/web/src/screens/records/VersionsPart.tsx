// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQuery } from "@tanstack/react-query";
import { versionsQuery } from "~/api/recordparts";
import type { Record as RecordBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { RowSkeletons } from "~/ui/page";
import { Person } from "~/ui/person";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import { Changes } from "./Changes";
import { PrintButton } from "./Print";
import classes from "./RecordPage.module.css";

/** VersionsPart is every version with its differences, the newest first: nothing that was recorded is ever gone. */
export function VersionsPart({ record }: { record: RecordBody }) {
  const { t } = useTranslation("records");
  const versions = useQuery(versionsQuery(record.id));
  if (versions.isPending) return <RowSkeletons rows={6} />;
  if (!versions.data) return <ProblemNote problem={versions.error} onRetry={() => void versions.refetch()} />;
  return (
    <>
      {versions.isError && <ProblemNote problem={versions.error} onRetry={() => void versions.refetch()} />}
      <ol className={classes.list} reversed>
        {[...versions.data.items].reverse().map((version) => (
          <li key={version.version} className={classes.entry}>
            <div className={classes.entryHead}>
              <span className={classes.entryTitle}>
                {t("versions.n", { n: version.version })}
                {version.version === record.version && <span className="quiet"> · {t("versions.current")}</span>}
              </span>
              <span className={classes.small}>
                <DateTime at={version.at} zone={record.site.zone} />
              </span>
            </div>
            <div className={classes.entryHead}>
              <span className={classes.small}>
                <Person who={version.by} /> · <Hash value={version.content_hash} short />
              </span>
              <PrintButton record={record} version={version.version} />
            </div>
            {version.reason && (
              <div className={classes.entryBody} dir="auto">
                {version.reason}
              </div>
            )}
            {version.changes.length > 0 ? (
              <Changes record={record} changes={version.changes} />
            ) : (
              <p className={classes.small}>{t("versions.same")}</p>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
