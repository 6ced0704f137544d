// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next, { type FlatNamespace, type i18n, type Namespace, type TFunction } from "i18next";
import { use, useSyncExternalStore } from "react";

interface Texts<NS extends Namespace> {
  t: TFunction<NS>;
  i18n: i18n;
}

// A page has hundreds of components with words. So all of them listen in one place, and share what they say it with.
const listeners = new Set<() => void>();
const made = new Map<string, { texts: Texts<Namespace>; coming: Promise<void> | undefined }>();

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
  const { texts, coming } = made.get(key) ?? make(key, spoken, typeof names === "string" ? [names] : names);
  if (coming) use(coming); // also when it has come: React wants to be asked again for what it has waited for
  return texts as unknown as Texts<NS>;
}

function make(key: string, spoken: string, names: readonly FlatNamespace[]) {
  const texts = { t: i18next.getFixedT(spoken, names[0] ?? null) as TFunction<Namespace>, i18n: i18next };
  const coming = names.every((name) => i18next.hasLoadedNamespace(name)) ? undefined : i18next.loadNamespaces(names);
  const entry = { texts, coming };
  made.set(key, entry);
  return entry;
}
