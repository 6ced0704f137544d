// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useEffect, useRef } from "react";

/** PaletteAction is what the command palette offers while its screen is open. */
export interface PaletteAction {
  id: string;
  label: string;
  keywords?: string[];
  /** The key that does the same, shown beside it. */
  keys?: string;
  run: () => void;
}

let active: PaletteAction[][] = [];

/** paletteActions are those of all screens that are open, the newest first. */
export const paletteActions = (): PaletteAction[] => [...active].reverse().flat();

/** usePaletteActions offers actions while the component is there. */
export function usePaletteActions(actions: PaletteAction[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  const names = actions.map((a) => a.id + a.label).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew when the actions change, not at every render
  useEffect(() => {
    const mine = latest.current.map((a, i) => ({ ...a, run: () => latest.current[i]?.run() }));
    active = [...active, mine];
    return () => {
      active = active.filter((other) => other !== mine);
    };
  }, [names]);
}
