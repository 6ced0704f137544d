// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { sheetAddress, sheetQuery } from "~/api/recordparts";
import { ProblemNote } from "~/ui/problem";
import classes from "./Task.module.css";

interface SignedViewProps {
  record: string;
  /** The intent of the signature. */
  sheet: string;
  /** SHA-256 of the page's bytes, as the server stored them. */
  hash: string;
  title: string;
  /** Told where the page is not the one that was stored. */
  onAltered: () => void;
}

/**
 * SignedView shows the very bytes that a signature is of. They are a page of their own at an address of their own, whose content policy
 * lets in its one style and nothing else; the frame takes from it what is left: scripts, forms, and our origin.
 */
export function SignedView({ record, sheet, hash, title, onAltered }: SignedViewProps) {
  const found = useQuery(sheetQuery(record, sheet));
  const altered = Boolean(found.data) && found.data !== hash;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each page
  useEffect(() => {
    if (altered) onAltered();
  }, [altered]);
  if (found.isError) return <ProblemNote problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton className={classes.view} radius={0} />;
  return <iframe className={classes.view} sandbox="" src={sheetAddress(record, sheet)} title={title} />;
}
