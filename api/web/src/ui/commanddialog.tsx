// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { List } from "@mantine/core";
import type { ReactNode } from "react";
import type { Command } from "~/api/command";
import { ChangedNote } from "./changednote";
import { ReasonDialog } from "./reason";
import type { Seen } from "./seen";
import { StandingNote } from "./standing";

interface CommandDialogProps<V, T> {
  command: Command<V, T>;
  title: string;
  text?: string;
  action: string;
  destructive?: boolean;
  /** What is sent. undefined says that something is missing, and the fields say what. */
  build: (reason: string) => V | undefined;
  onClose: () => void;
  /** The version that it is on, where it is on one. */
  seen?: Seen;
  children?: ReactNode;
}

/** CommandDialog asks for what a command needs and why, and stays until it is recorded. Mount it to open it. */
export function CommandDialog<V, T>({ command, build, onClose, seen, children, ...words }: CommandDialogProps<V, T>) {
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} seen={seen} />}
      onReason={(reason) => {
        const vars = build(reason);
        if (vars !== undefined) void command.run(vars);
      }}
      {...words}
    >
      {children}
    </ReasonDialog>
  );
}

/** CommandNote says how a command stands and, where fields are wrong, what about them. */
export function CommandNote<V, T>({ command, seen }: { command: Command<V, T>; seen?: Seen }) {
  const errors = command.problem?.errors ?? [];
  if (seen && command.problem?.status === 412) return <ChangedNote seen={seen} onLooked={command.reset} />;
  return (
    <>
      <StandingNote command={command} />
      {errors.length > 0 && (
        <List size="sm" c="var(--bad)">
          {errors.map((error) => (
            <List.Item key={error.path + error.message}>
              <span className="mono">{error.path}</span> {error.message}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
