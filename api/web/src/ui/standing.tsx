// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Loader, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { Command } from "~/api/command";
import { useTranslation } from "~/i18n/texts";
import { ProblemNote } from "./problem";

/** StandingNote says how a command stands: recording, unknown, recorded, or why not. */
export function StandingNote<V, T>({ command }: { command: Command<V, T> }) {
  const { t } = useTranslation();
  return (
    <div aria-live="polite">
      {(command.standing === "recording" || command.standing === "unknown") && (
        <Text size="sm" c="dimmed">
          {command.busy && <Loader size={12} mr={8} aria-hidden />}
          {t(command.standing === "unknown" ? "state.unknown" : "state.recording")}
        </Text>
      )}
      {command.standing === "recorded" && (
        <Text size="sm">
          <IconCheck size={14} aria-hidden /> {t("state.recorded")}
        </Text>
      )}
      {command.standing === "refused" && command.problem && <ProblemNote problem={command.problem} />}
    </div>
  );
}
