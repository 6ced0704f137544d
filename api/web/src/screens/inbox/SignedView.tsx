// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sheetAddress, sheetQuery } from "~/api/recordparts";
import { ProblemNote } from "~/ui/problem";
import classes from "./Task.module.css";

/** Shown is how far the page is: on its way, seen, or not the one that was stored. */
export type Shown = "coming" | "shown" | "altered";

interface SignedViewProps {
  record: string;
  /** The intent of the signature. */
  sheet: string;
  /** SHA-256 of the page's bytes, as the server stored them. */
  hash: string;
  title: string;
  onShown: (shown: Shown) => void;
}

/**
 * SignedView shows the very bytes that a signature is of. They are a page of their own at an address of their own, whose content policy
 * lets in its one style and nothing else; the frame takes from it what is left: scripts, forms, and our origin.
 */
export function SignedView({ record, sheet, hash, title, onShown }: SignedViewProps) {
  const found = useQuery(sheetQuery(record, sheet));
  const [loaded, setLoaded] = useState(false);
  const shown = shownOf(found.data, hash, loaded);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once whenever it changes
  useEffect(() => onShown(shown), [shown]);
  if (found.data !== undefined) {
    return <iframe className={classes.view} sandbox="" src={sheetAddress(record, sheet)} title={title} onLoad={() => setLoaded(true)} />;
  }
  if (found.isError) return <ProblemNote problem={found.error} onRetry={() => void found.refetch()} />;
  return <Skeleton className={classes.view} radius={0} />;
}

// found is "" where the browser counts no hash: there the page only has to have come.
function shownOf(found: string | undefined, hash: string, loaded: boolean): Shown {
  if (found && found !== hash) return "altered";
  return found !== undefined && loaded ? "shown" : "coming";
}
