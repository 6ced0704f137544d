// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type DraftStanding, draftStanding, keepDraft, subscribeDrafts } from "~/api/drafts";
import type { Data } from "~/forms/definition";

interface KeptDraft {
  keep: (data: Data, leaving?: boolean) => void;
  standing: DraftStanding;
}

/** useDraft keeps what is filled in on the server, and says how it stands: also what was typed before the form was left and opened again. */
export function useDraft(id: string, savedAt: string | undefined): KeptDraft {
  const client = useQueryClient();
  const told = useSyncExternalStore(subscribeDrafts, () => draftStanding(id));
  const before = useMemo<DraftStanding>(() => (savedAt ? { state: "saved", at: savedAt } : { state: "none" }), [savedAt]);
  return {
    standing: told ?? before,
    keep: useCallback((data, leaving) => keepDraft(client, { id, data, leaving }), [id, client]),
  };
}
