// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { List } from "@mantine/core";
import type { ReactNode } from "react";
import type { Command } from "~/api/command";
import { ReasonDialog } from "./reason";
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
  children?: ReactNode;
}

/** CommandDialog asks for what a command needs and why, and stays until it is recorded. Mount it to open it. */
export function CommandDialog<V, T>({ command, build, onClose, children, ...words }: CommandDialogProps<V, T>) {
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      busy={command.busy}
      note={<CommandNote command={command} />}
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
export function CommandNote<V, T>({ command }: { command: Command<V, T> }) {
  const errors = command.problem?.errors ?? [];
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
