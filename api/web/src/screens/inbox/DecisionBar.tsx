// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Button, Group, List } from "@mantine/core";
import { IconPencilOff, IconSignature } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "~/api/me";
import type { Offered, Task } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { verdictsOf } from "./decided";
import classes from "./Task.module.css";
import { useThen, useWords } from "./words";

// What keeps somebody from signing, and he can mend himself.
const ownRules = ["statement", "must_change", "totp_missing"];

interface DecisionBarProps {
  task: Task;
  /** He may not sign it yet, and is told why. */
  blocked: boolean;
  /** Nothing can be decided just now, with keys neither. */
  disabled: boolean;
  onDecide: (offered: Offered) => void;
}

/** DecisionBar has the verdicts that the plan offers, and what each leads to. */
export function DecisionBar({ task, blocked, disabled, onDecide }: DecisionBarProps) {
  const { t } = useTranslation("task");
  const me = useMe();
  const { word } = useWords();
  const then = useThen();
  const { yes, no } = verdictsOf(task);
  const ordered = [...task.outcomes.filter((one) => one !== yes), ...(yes ? [yes] : [])];
  return (
    <footer className={classes.decision}>
      {blocked && (
        <Alert color="yellow" variant="outline" icon={<IconPencilOff />} title={t("maySign.no")}>
          <List size="sm">
            {me.signing.blocked_by.map((reason) => (
              <List.Item key={reason.rule}>
                <bdi>
                  <bdi>{reason.text}</bdi>
                </bdi>{" "}
                {ownRules.includes(reason.rule) && <Link to={"/me" as "/inbox"}>{t("maySign.mend")}</Link>}{" "}
                <span className="mono quiet">{reason.rule}</span>
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group justify="end" gap="xs">
        <span className={classes.then}>{yes && then(yes)}</span>
        {ordered.map((one) => (
          <Button
            key={one.name}
            variant={one === yes ? "filled" : "default"}
            disabled={disabled}
            title={then(one)}
            leftSection={task.signature && <IconSignature size={16} aria-hidden />}
            aria-keyshortcuts={one === yes ? "a" : one === no ? "r" : undefined}
            onClick={() => onDecide(one)}
          >
            {word("outcome", one.name)}
          </Button>
        ))}
      </Group>
    </footer>
  );
}
