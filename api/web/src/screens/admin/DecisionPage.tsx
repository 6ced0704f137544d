// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, List, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { decisionQuery } from "~/api/audit";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { DateTime } from "~/ui/time";
import classes from "./admin.module.css";
import { Part } from "./Part";

const route = getRouteApi("/admin/decisions/$id");

/** DecisionPage says why policy decided so, with all that it looked at. */
export function DecisionPage() {
  const { t } = useTranslation("admin");
  const { id } = route.useParams();
  const answer = useQuery(decisionQuery(id));
  const decision = answer.data;
  return (
    <Page title={t("decision.title")}>
      {answer.isPending && <RowSkeletons />}
      {answer.isError && <ProblemNote problem={answer.error} onRetry={() => void answer.refetch()} />}
      {decision && (
        <Stack gap="lg" maw={960}>
          <Alert
            variant="outline"
            color={decision.allow ? "green" : "red"}
            icon={decision.allow ? <IconCheck /> : <IconAlertTriangle />}
            title={`${t(decision.allow ? "decision.allowed" : "decision.denied")}: ${decision.rule}`}
          >
            {decision.reasons.length === 0 ? (
              <Text size="sm">{t("decision.noReasons")}</Text>
            ) : (
              <List size="sm">
                {decision.reasons.map((reason) => (
                  <List.Item key={reason.rule + reason.text}>
                    <bdi>
                      <bdi>{reason.text}</bdi>
                    </bdi>{" "}
                    <span className="mono quiet">{reason.rule}</span>
                  </List.Item>
                ))}
              </List>
            )}
          </Alert>
          <dl className={classes.facts}>
            <dt>{t("audit.at")}</dt>
            <dd>
              <DateTime at={decision.at} />
            </dd>
            <dt>{t("audit.who")}</dt>
            <dd>
              <bdi>{decision.actor.name}</bdi>
            </dd>
            <dt>{t("audit.action")}</dt>
            <dd className="mono">{decision.action}</dd>
            {decision.record_number && (
              <>
                <dt>{t("audit.record")}</dt>
                <dd className="mono">{decision.record_number}</dd>
              </>
            )}
            <dt>{t("decision.revision")}</dt>
            <dd>{decision.revision}</dd>
            <dt>{t("decision.hash")}</dt>
            <dd>
              <Hash value={decision.hash} />
            </dd>
          </dl>
          <Part title={t("decision.input")}>
            <pre className={classes.raw} dir="ltr">
              {JSON.stringify(decision.input, null, 2)}
            </pre>
          </Part>
        </Stack>
      )}
    </Page>
  );
}
