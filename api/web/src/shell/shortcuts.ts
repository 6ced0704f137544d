// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useEffect, useRef } from "react";
import { preferences } from "~/theme/preferences";

/** Shortcut is a key, or two in a row ("g i"), and what it does. Keys are as KeyboardEvent.key says them: "j", "?", "Enter". */
export interface Shortcut {
  keys: string;
  /** What it does, in the language of the page, for the help. */
  label: string;
  run: () => void;
}

const pairLimit = 1_200; // ms between two keys

let active: Shortcut[][] = [];
let first: { key: string; at: number } | undefined;

/** useShortcuts lets keys do things while the component is there. The newest component wins where two want the same key. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map((s) => s.keys + s.label).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew when the keys change, not at every render
  useEffect(() => {
    const mine = latest.current.map((s, i) => ({ ...s, run: () => latest.current[i]?.run() }));
    active = [...active, mine];
    return () => {
      active = active.filter((other) => other !== mine);
    };
  }, [names]);
}

/** known lists what keys do now, for the help. */
export const known = (): Shortcut[] => {
  const seen = new Set<string>();
  return [...active]
    .reverse()
    .flat()
    .filter((s) => !seen.has(s.keys) && seen.add(s.keys));
};

/** keyOf is the key of a shortcut. Where the keyboard writes other than Latin letters, it is what stands at the key's place on one that does. */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  if (/^[ -~]+$|^\p{Script=Latin}$/u.test(key)) return key;
  if (code === "Slash") return shiftKey ? "?" : "/";
  const place = /^(Key|Digit)(.)$/.exec(code);
  if (!place?.[2]) return key;
  return shiftKey ? place[2] : place[2].toLowerCase();
}

// Where somebody types, or a dialog is open, keys belong to what is there.
function taken(event: KeyboardEvent): boolean {
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest("input, textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=listbox], [role=menu]")) return true;
  if (event.key === "Enter" && at?.closest("a, button, summary")) return true;
  return document.querySelector("[role=dialog], [aria-modal=true]") !== null;
}

// A dialog that closes by a key is gone before that key comes to the page's listener: whose it is, is found out before anybody hears it.
const elsewhere = new WeakSet<KeyboardEvent>();
window.addEventListener("keydown", (event) => taken(event) && elsewhere.add(event), { capture: true });

/** onKey is the one listener of the page. */
export function onKey(event: KeyboardEvent): void {
  if (!preferences.get().shortcuts || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (elsewhere.has(event) || taken(event) || event.isComposing || ["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key))
    return;
  const key = keyOf(event);
  const pair = first && Date.now() - first.at < pairLimit ? `${first.key} ${key}` : undefined;
  first = undefined;
  const all = known();
  const hit = all.find((s) => s.keys === pair) ?? all.find((s) => s.keys === key);
  if (hit) {
    event.preventDefault();
    hit.run();
  } else if (all.some((s) => s.keys.startsWith(`${key} `))) {
    first = { key, at: Date.now() };
  }
}
