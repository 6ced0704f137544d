// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { List } from "@mantine/core";
import type { ReactNode } from "react";
import type { Command } from "~/api/command";
import { ChangedNote } from "~/ui/changednote";
import type { Seen } from "~/ui/seen";
import { StandingNote } from "~/ui/standing";

/** Sight is the version that a command is on, and what was changed since. */
export interface Sight {
  seen: Seen;
  since: ReactNode;
}

/** CommandNote says how a command stands; of a refused one, also what is wrong with what was sent. */
export function CommandNote<V, T>({ command, sight }: { command: Command<V, T>; sight?: Sight }) {
  const errors = command.standing === "refused" ? (command.problem?.errors ?? []) : [];
  if (sight && command.problem?.status === 412) {
    return (
      <ChangedNote seen={sight.seen} onLooked={command.reset}>
        {sight.since}
      </ChangedNote>
    );
  }
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
