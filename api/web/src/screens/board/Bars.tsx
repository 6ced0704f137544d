// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import classes from "./board.module.css";

/** Part is one piece of a bar. Its tone is the class of its colour. */
export interface Part {
  key: string;
  n: number;
  tone: "good" | "warn" | "bad" | "accent" | "quiet" | "age0" | "age1" | "age2" | "age3" | "age4";
}

/** Bar draws how parts share a whole. The numbers stand beside it in words, so it is not read out. */
export function Bar({ parts, of }: { parts: readonly Part[]; of?: number }) {
  const whole = of ?? parts.reduce((sum, part) => sum + part.n, 0);
  let at = 0;
  return (
    <svg className={classes.bar} width="100%" height={8} aria-hidden="true" focusable="false">
      <title />
      <rect className={classes.track} width="100%" height={8} rx={2} />
      {whole > 0 &&
        parts.map((part) => {
          const x = (100 * at) / whole;
          at += part.n;
          return part.n > 0 ? (
            <rect
              key={part.key}
              className={classes.part}
              data-tone={part.tone}
              x={`${x}%`}
              width={`${(100 * part.n) / whole}%`}
              height={8}
            />
          ) : null;
        })}
    </svg>
  );
}
