// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useSyncExternalStore } from "react";

/** Preferences are how a person likes to work: PUT /v1/me/preferences. */
export interface Preferences {
  /** After a decision the next open task opens by itself. */
  auto_advance: boolean;
  /** Keys without a modifier do things. */
  shortcuts: boolean;
  /** auto: as the browser says. */
  language: "auto" | "en" | "ar";
  theme: "auto" | "light" | "dark" | "contrast";
  density: "comfortable" | "compact";
}

const initial: Preferences = { auto_advance: true, shortcuts: true, language: "auto", theme: "auto", density: "comfortable" };

// A copy is kept on the device, so that public/boot.js can draw the first frame as it was chosen.
const key = "countersign.preferences";

function read(): Preferences {
  try {
    return { ...initial, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    return initial;
  }
}

let current = read();
const listeners = new Set<() => void>();

export const preferences = {
  get: () => current,

  /** set takes a choice for this page and this device. */
  set(change: Partial<Preferences>): void {
    current = { ...current, ...change };
    try {
      localStorage.setItem(key, JSON.stringify(current));
    } catch {
      // storage is closed: it holds until the page is left
    }
    const root = document.documentElement;
    setAttribute(root, "data-contrast", current.theme === "contrast" ? "more" : undefined);
    setAttribute(root, "data-density", current.density);
    for (const listener of listeners) listener();
  },

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export const usePreferences = (): Preferences => useSyncExternalStore(preferences.subscribe, preferences.get);

/** scheme is the part of the theme that Mantine knows: high contrast follows the device. */
export const scheme = ({ theme }: Preferences): "auto" | "light" | "dark" => (theme === "contrast" ? "auto" : theme);

/** languageOf is the language of the page. */
export function languageOf({ language }: Preferences): "en" | "ar" {
  if (language !== "auto") return language;
  return navigator.language.startsWith("ar") ? "ar" : "en";
}
