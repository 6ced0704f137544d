// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Modal, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import { useShortcuts } from "~/shell/shortcuts";
import { Hash } from "~/ui/hash";
import { DateTime } from "~/ui/time";
import type { Decided } from "./decided";
import classes from "./Task.module.css";
import { useWords } from "./words";

interface ReceiptDialogProps {
  decided: Decided;
  /** The next task is open already. */
  advanced: boolean;
  onClose: () => void;
}

/** ReceiptDialog is the receipt of a decision: of a signature it is looked at, of anything else it stands at the edge of the page. */
export default function ReceiptDialog({ decided, advanced, onClose }: ReceiptDialogProps) {
  const { t } = useTranslation(["signing", "common"]);
  const signed = decided.receipt.signature !== undefined;
  useShortcuts(signed ? [] : [{ keys: "Escape", label: t("dismiss"), run: onClose }]);
  if (!signed) {
    return (
      <div className={classes.slip} role="status">
        <Receipt decided={decided} short />
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t("common:action.close")}
        </Button>
      </div>
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("receipt")}
      size={640}
      classNames={{ body: classes.flush }}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <div className={`paper ${classes.receipt}`}>
        <Receipt decided={decided} />
      </div>
      <div className={classes.receiptFoot}>
        <Button onClick={onClose} data-autofocus>
          {t(advanced ? "nextTask" : "toInbox")}
        </Button>
      </div>
    </Modal>
  );
}

function Receipt({ decided: { task, receipt, outcome }, short = false }: { decided: Decided; short?: boolean }) {
  const { t } = useTranslation("signing");
  const { word } = useWords();
  const me = useMe();
  const behalf = task.owner && task.owner.id !== me.id ? ` · ${t("behalf", { name: task.owner.name })}` : "";
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} className={classes.receiptTitle}>
        <IconCircleCheck size={18} aria-hidden /> {t(receipt.signature ? "signed" : "recorded")}: {word("did", outcome)}
      </Text>
      <Text size="sm">
        <bdi>{task.title}</bdi> · <span className="mono">{task.record.number}</span>
      </Text>
      <dl className={classes.manifest}>
        <dt>{t("at")}</dt>
        <dd>
          <DateTime at={receipt.at} zone={task.site.zone} />
        </dd>
        <dt>{t("who")}</dt>
        <dd>
          <bdi>{me.name}</bdi>
          {behalf}
        </dd>
        {!short && task.meaning && (
          <>
            <dt>{t("meaning")}</dt>
            <dd>{word("meaning", task.meaning)}</dd>
          </>
        )}
        {receipt.rule && (
          <>
            <dt>{t("rule")}</dt>
            <dd>
              <span className="mono">{receipt.rule}</span>
              {receipt.policy_revision !== undefined && ` · ${t("revision", { n: receipt.policy_revision })}`}
            </dd>
          </>
        )}
        {!short && receipt.version !== undefined && (
          <>
            <dt>{t("versionLabel")}</dt>
            <dd>{receipt.version}</dd>
          </>
        )}
        {receipt.content_hash && (
          <>
            <dt>{t("contentHash")}</dt>
            <dd>
              <Hash value={receipt.content_hash} short={short} />
            </dd>
          </>
        )}
        {!short && receipt.signature && (
          <>
            <dt>{t("signatureId")}</dt>
            <dd className="mono">{receipt.signature}</dd>
          </>
        )}
      </dl>
    </Stack>
  );
}
