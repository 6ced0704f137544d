// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { List } from "@mantine/core";
import type { Command } from "~/api/command";
import { StandingNote } from "~/ui/standing";

/** CommandNote says how a command stands; of a refused one, also what is wrong with what was sent. */
export function CommandNote<V, T>({ command }: { command: Command<V, T> }) {
  const errors = command.standing === "refused" ? (command.problem?.errors ?? []) : [];
  return (
    <>
      <StandingNote command={command} />
      {errors.length > 0 && (
        <List size="sm" c="var(--bad)">
          {errors.map((error) => (
            <List.Item key={error.path + error.code}>{error.message}</List.Item>
          ))}
        </List>
      )}
    </>
  );
}
