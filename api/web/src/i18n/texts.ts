// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next, { type FlatNamespace, type i18n, type Namespace, type TFunction } from "i18next";
import { use, useSyncExternalStore } from "react";
import { again, type NotLoaded, trying } from "~/ui/late";

interface Texts<NS extends Namespace> {
  t: TFunction<NS>;
  i18n: i18n;
}

interface Made {
  texts: Texts<Namespace>;
  coming: Promise<void> | undefined;
  /** When it failed. */
  failed?: number;
}

// A page has hundreds of components with words. So all of them listen in one place, and share what they say it with.
const listeners = new Set<() => void>();
const made = new Map<string, Made>();

i18next.on("languageChanged", () => {
  for (const listener of listeners) listener();
});

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const language = () => i18next.language;

/** useTranslation gives the words of one namespace or of several, of which the first needs no prefix. It suspends until they have come. */
export function useTranslation<const NS extends Namespace = "common">(namespace?: NS): Texts<NS> {
  const spoken = useSyncExternalStore(listen, language);
  const names: Namespace = namespace ?? "common";
  const key = `${spoken} ${String(names)}`;
  const { texts, coming } = kept(key) ?? make(key, spoken, namesOf(names));
  if (coming) use(coming); // also when it has come: React wants to be asked again for what it has waited for
  return texts as unknown as Texts<NS>;
}

/** loadTexts fetches texts in the language of the page. It throws NotLoaded. */
export const loadTexts = (names: Namespace): Promise<void> => fetched(language(), namesOf(names));

const namesOf = (names: Namespace): readonly FlatNamespace[] => (typeof names === "string" ? [names] : names);

// kept forgets texts that did not come, but not before React has asked for the same promise again and shown that they did not.
function kept(key: string): Made | undefined {
  const entry = made.get(key);
  return entry?.failed !== undefined && Date.now() - entry.failed > trying.told ? undefined : entry;
}

function make(key: string, spoken: string, names: readonly FlatNamespace[]): Made {
  const texts = { t: i18next.getFixedT(spoken, names[0] ?? null) as TFunction<Namespace>, i18n: i18next };
  const entry: Made = { texts, coming: names.every((name) => here(spoken, name)) ? undefined : fetched(spoken, names) };
  entry.coming?.catch(() => {
    entry.failed = Date.now();
  });
  made.set(key, entry);
  return entry;
}

// here says whether there are texts; i18next takes those that failed for loaded, and shows their keys.
const here = (spoken: string, name: string) => i18next.hasResourceBundle(spoken, name) || !i18next.services?.backendConnector?.backend;

async function fetched(spoken: string, names: readonly FlatNamespace[]): Promise<void> {
  await i18next.loadNamespaces(names);
  const missing = () => names.filter((name) => !here(spoken, name));
  let first = true;
  const attempt = async () => {
    if (!first) await i18next.reloadResources([spoken], missing());
    first = false;
    if (missing().length > 0) throw new Error(`there are no texts ${missing().join(", ")}`);
  };
  const fallback = (name: string) => i18next.languages.some((other) => i18next.hasResourceBundle(other, name));
  await again(attempt, trying.texts).catch((cause: NotLoaded) => {
    if (!missing().every(fallback)) throw cause; // better the words of the other language than none
  });
}
