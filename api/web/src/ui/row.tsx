// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./row.module.css";

interface RowProps {
  title: ReactNode;
  /** What stands under the title, quietly. */
  detail?: ReactNode;
  /** What stands at the end: the one date that matters. */
  end?: ReactNode;
  selected?: boolean;
  link: LinkProps;
  onHover?: () => void;
}

/** Row is one line of a list that leads somewhere. The whole of it is the link. */
export function Row({ title, detail, end, selected = false, link, onHover }: RowProps) {
  return (
    <Link
      {...link}
      className={classes.row}
      data-selected={selected || undefined}
      aria-current={selected ? "true" : undefined}
      onMouseEnter={onHover}
      onFocus={onHover}
    >
      <span className={classes.main}>
        <span className={classes.title}>{title}</span>
        {detail && <span className={classes.detail}>{detail}</span>}
      </span>
      {end && <span className={classes.end}>{end}</span>}
    </Link>
  );
}
