// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Checkbox, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { absencesQuery } from "~/api/absences";
import { holds, useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { AbsenceDialog, AbsenceTable } from "~/ui/absences";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";

const route = getRouteApi("/admin/absences");

/** AbsencesPage is who is away, and who acts for whom. */
export function AbsencesPage() {
  const { t } = useTranslation(["admin", "account"]);
  const { past } = route.useSearch();
  const navigate = route.useNavigate();
  const may = holds(useMe(), "admin", "manager", "area_head", "quality_head");
  const absences = useQuery(absencesQuery({ past: past === "true" }));
  const [making, setMaking] = useState(false);
  return (
    <Page title={t("place.absences")} actions={may && <Button onClick={() => setMaking(true)}>{t("account:absence.new")}</Button>}>
      <Stack gap="sm">
        <Checkbox
          label={t("account:absence.past")}
          checked={past === "true"}
          onChange={(e) => void navigate({ search: { past: e.currentTarget.checked ? "true" : undefined }, replace: true })}
        />
        {absences.isPending && <RowSkeletons />}
        {absences.isError && <ProblemNote problem={absences.error} onRetry={() => void absences.refetch()} />}
        {absences.data && <AbsenceTable absences={absences.data} whose mayEnd={may} />}
      </Stack>
      {making && <AbsenceDialog others onClose={() => setMaking(false)} />}
    </Page>
  );
}
