// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { asProblem } from "~/api/problem";
import { useTranslation } from "~/i18n/texts";

/** ProblemNote says what happened, that nothing was lost, why, and what to do. */
export function ProblemNote({ problem: cause, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(cause);
  const silent = problem.code === "offline";
  return (
    <Alert color="red" variant="outline" role="alert" icon={<IconAlertTriangle />} title={problem.title || t("problem.title")}>
      <Text size="sm" dir="auto">
        {silent ? t("problem.offline") : problem.detail}
      </Text>
      {problem.reasons.length > 0 && (
        <List size="sm" mt={4} aria-label={t("problem.why")}>
          {problem.reasons.map((reason) => (
            <List.Item key={reason.rule + reason.text}>
              <bdi>
                <bdi>{reason.text}</bdi>
              </bdi>{" "}
              <span className="mono quiet">{reason.rule}</span>
            </List.Item>
          ))}
        </List>
      )}
      {problem.status >= 500 && problem.instance !== "" && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("problem.instance", { id: problem.instance })}
        </Text>
      )}
      {onRetry && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      )}
    </Alert>
  );
}
