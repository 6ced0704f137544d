// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Figure } from "~/api/board";
import { listOf } from "./search";

/** FigureLink is a count that leads to the list that it is the length of. label says what is counted, where the eye sees it elsewhere. */
export function FigureLink({ figure, label, children }: { figure: Figure; label: string; children?: ReactNode }) {
  const shown = children ?? figure.count;
  if (figure.count === 0) return <span className="quiet">{shown}</span>;
  const { of, search } = listOf(figure.list);
  return (
    <Anchor
      inherit
      aria-label={`${label}: ${figure.count}`}
      renderRoot={(props) =>
        of === "tasks" ? <Link to="/board/tasks" search={search} {...props} /> : <Link to="/board/records" search={search} {...props} />
      }
    >
      {shown}
    </Anchor>
  );
}
