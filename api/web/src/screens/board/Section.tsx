// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./board.module.css";

/** Section is one question that the board answers. */
export function Section({ title, note, end, children }: { title: string; note?: ReactNode; end?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className={classes.sectionHead}>
        <div>
          <Title order={2}>{title}</Title>
          {note && (
            <Text size="xs" c="dimmed" maw={720}>
              {note}
            </Text>
          )}
        </div>
        {end}
      </div>
      {children}
    </section>
  );
}

/** Tile is one figure that is looked at first. */
export function Tile({
  label,
  tone,
  note,
  children,
}: {
  label: ReactNode;
  tone?: "good" | "warn" | "bad";
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.tile}>
      <div className={classes.tileLabel} data-tone={tone}>
        {label}
      </div>
      <div className={classes.tileFigure}>{children}</div>
      {note && <div className={classes.tileNote}>{note}</div>}
    </div>
  );
}
