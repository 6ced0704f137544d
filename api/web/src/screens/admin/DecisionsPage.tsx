// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type DecisionQuery, decisionsQuery } from "~/api/audit";
import { useTranslation } from "~/i18n/texts";
import { Empty, Page, RowSkeletons } from "~/ui/page";
import { PersonPicker } from "~/ui/personpicker";
import { ProblemNote } from "~/ui/problem";
import { Sheet } from "~/ui/sheet";
import { DateTime } from "~/ui/time";
import { RecordPicker } from "./RecordPicker";

const route = getRouteApi("/admin/decisions");

/** DecisionsPage searches what policy answered. */
export function DecisionsPage() {
  const { t } = useTranslation(["admin", "common"]);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const action = useDebouncedCallback((value: string) => set({ action: value || undefined }), 300);
  const list = useInfiniteQuery(decisionsQuery(search as DecisionQuery));
  const decisions = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t("place.decisions")}>
      <Stack gap="sm">
        <Group gap="xs" align="end" role="search" aria-label={t("place.decisions")}>
          <PersonPicker size="xs" label={t("audit.who")} value={search.actor ?? ""} onChange={(id) => set({ actor: id || undefined })} />
          <RecordPicker label={t("audit.record")} value={search.record ?? ""} onChange={(id) => set({ record: id || undefined })} />
          <TextInput
            size="xs"
            label={t("audit.action")}
            placeholder="task.complete"
            defaultValue={search.action ?? ""}
            onChange={(e) => action(e.currentTarget.value.trim())}
          />
          <NativeSelect
            size="xs"
            label={t("decision.answer")}
            value={search.allow ?? ""}
            onChange={(e) => set({ allow: e.currentTarget.value || undefined })}
            data={[
              { value: "", label: t("all") },
              { value: "true", label: t("decision.allowed") },
              { value: "false", label: t("decision.denied") },
            ]}
          />
        </Group>
        {list.isPending && <RowSkeletons />}
        {list.isError && <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />}
        {list.isSuccess && decisions.length === 0 && <Empty text={t("decision.empty")} />}
        {decisions.length > 0 && (
          <Sheet
            label={t("place.decisions")}
            head={[
              { key: "at", label: t("audit.at") },
              { key: "who", label: t("audit.who") },
              { key: "action", label: t("audit.action") },
              { key: "record", label: t("audit.record") },
              { key: "answer", label: t("decision.answer") },
              { key: "rule", label: t("audit.rule") },
              { key: "why", label: t("decision.why"), hidden: true },
            ]}
          >
            {decisions.map((decision) => (
              <tr key={decision.id}>
                <td>
                  <DateTime at={decision.at} />
                </td>
                <td>
                  <bdi>{decision.actor.name}</bdi>
                </td>
                <td className="mono">{decision.action}</td>
                <td className="mono">{decision.record_number}</td>
                <td>{decision.allow ? t("decision.allowed") : <Badge color="red">{t("decision.denied")}</Badge>}</td>
                <td className="mono">{decision.rule}</td>
                <td>
                  <Link to="/admin/decisions/$id" params={{ id: decision.id }}>
                    {t("decision.why")}
                  </Link>
                </td>
              </tr>
            ))}
          </Sheet>
        )}
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("common:action.more")}
          </Button>
        )}
      </Stack>
    </Page>
  );
}
