// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useState } from "react";

/** Seen is the version that somebody's act is on, and how he comes to a newer one. */
export interface Seen {
  etag: string;
  /** The page shows another version by now. */
  changed: boolean;
  /** Takes a version that he made himself. */
  made: (etag: string) => void;
  /** Takes the version that the page shows now: he has looked at it. */
  look: () => void;
}

/** useSeen holds the ETag that a page showed when somebody began to act, whatever is read anew meanwhile; until he begins it follows the page. */
export function useSeen(live: string, begun: boolean): Seen {
  const [seen, setSeen] = useState({ live, etag: live });
  if (!begun && seen.live !== live) setSeen({ live, etag: live });
  return {
    etag: seen.etag,
    changed: live !== seen.etag,
    made: (etag) => setSeen((before) => ({ ...before, etag })),
    look: () => setSeen({ live, etag: live }),
  };
}
