// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import classes from "./sheet.module.css";

/** Sheet is a table to compare in. It scrolls by itself where it is wider than the page, and its heading is for who cannot see it. */
export function Sheet({ label, head, children }: { label: string; head: readonly Column[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a table is no set of fields
    <div role="group" className={classes.scroll} aria-label={label} tabIndex={0}>
      <table className={classes.sheet}>
        <thead>
          <tr>
            {head.map((column) => (
              <th key={column.key} scope="col" data-number={column.number || undefined}>
                {column.hidden ? <span className="unseen">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Column is one of a sheet's. Numbers stand at the end, so that they line up. */
export interface Column {
  key: string;
  label: string;
  number?: boolean;
  /** For columns that explain themselves: their heading is read out only. */
  hidden?: boolean;
}

/** Num is a cell with a number. */
export function Num({ children }: { children: ReactNode }) {
  return <td data-number>{children}</td>;
}
