// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Link, type LinkProps } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import classes from "./row.module.css";

interface RowText {
  title: ReactNode;
  /** What stands under the title, quietly. */
  detail?: ReactNode;
  /** What stands at the end: the one date that matters. */
  end?: ReactNode;
}

/** Row is one line of a list that leads somewhere. The whole of it is the link. */
export function Row({ link, ...text }: RowText & { link: LinkProps }) {
  return (
    <Link {...link} className={classes.row}>
      <Lines {...text} />
    </Link>
  );
}

interface ListRowProps extends RowText {
  href: string;
  selected: boolean;
  onOpen: () => void;
  onNear: () => void;
}

/** ListRow is a Row of a long list, whose address the list has made: a Link works its own out anew at every step through the list. */
export function ListRow({ href, selected, onOpen, onNear, ...text }: ListRowProps) {
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // the browser's own
    event.preventDefault();
    onOpen();
  };
  return (
    <a
      href={href}
      className={classes.row}
      data-selected={selected || undefined}
      aria-current={selected ? "true" : undefined}
      onClick={open}
      onMouseEnter={onNear}
      onFocus={onNear}
    >
      <Lines {...text} />
    </a>
  );
}

function Lines({ title, detail, end }: RowText) {
  return (
    <>
      <span className={classes.main}>
        <span className={classes.title}>{title}</span>
        {detail && <span className={classes.detail}>{detail}</span>}
      </span>
      {end && <span className={classes.end}>{end}</span>}
    </>
  );
}
