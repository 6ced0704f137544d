// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type ReactNode, useState } from "react";
import classes from "./Task.module.css";

/** Part is one section; what is in it is asked for when it is opened. */
export function Part({ title, count, open = false, children }: { title: string; count?: number; open?: boolean; children: ReactNode }) {
  const [shown, setShown] = useState(open);
  const [seen, setSeen] = useState(open); // what is being done in it goes on when it is closed
  return (
    <details
      className={classes.part}
      open={shown}
      onToggle={(event) => {
        setShown(event.currentTarget.open);
        setSeen(seen || event.currentTarget.open);
      }}
    >
      <summary>
        {title} {count !== undefined && count > 0 && <span className="quiet">{count}</span>}
      </summary>
      {seen && <div className={classes.partBody}>{children}</div>}
    </details>
  );
}
