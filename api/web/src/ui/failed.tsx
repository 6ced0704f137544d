// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "~/i18n/texts";
import { NotLoaded } from "./late";
import { ProblemNote } from "./problem";

/** Failed stands where a part of the page failed. Where a file of the app did not come it can be asked for again, or the page be loaded anew. */
export function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  if (!(error instanceof NotLoaded)) return <ProblemNote problem={error} onRetry={reset} />;
  return (
    <Alert color="red" variant="outline" role="alert" icon={<IconAlertTriangle />} title={t("problem.late")}>
      <Text size="sm">{t("problem.lateText")}</Text>
      <Group gap="xs" mt="xs">
        <Button variant="default" size="xs" onClick={reset}>
          {t("action.retry")}
        </Button>
        <Button variant="default" size="xs" onClick={() => location.reload()}>
          {t("problem.reload")}
        </Button>
      </Group>
    </Alert>
  );
}
