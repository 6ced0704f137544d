// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next, { type i18n, type Namespace, type TFunction } from "i18next";
import { use, useSyncExternalStore } from "react";

interface Texts<NS extends Namespace> {
  t: TFunction<NS>;
  i18n: i18n;
}

// A page has hundreds of components with words. So all of them listen in one place, and share what they say it with.
const listeners = new Set<() => void>();
const made = new Map<string, Texts<Namespace>>();
const coming = new Map<string, Promise<void>>();

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
  let texts = made.get(key);
  if (!texts) {
    const all = typeof names === "string" ? [names] : [...names];
    if (!all.every((name) => i18next.hasLoadedNamespace(name))) use(load(key, all));
    texts = { t: i18next.getFixedT(spoken, all[0] ?? null) as TFunction<Namespace>, i18n: i18next };
    made.set(key, texts);
  }
  return texts as unknown as Texts<NS>;
}

// The same promise for each who asks meanwhile, as React wants it.
function load(key: string, names: readonly string[]): Promise<void> {
  let promise = coming.get(key);
  if (!promise) {
    promise = i18next.loadNamespaces(names).finally(() => coming.delete(key));
    coming.set(key, promise);
  }
  return promise;
}
