// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Namespace } from "i18next";
import { type ComponentType, lazy, type ReactNode, useState } from "react";
import { loadTexts } from "~/i18n/texts";
import { again, trying } from "./late";

/** Later is a component in a file of its own, and what fetches it ahead, which never throws. */
export type Later<P> = ((props: P) => ReactNode) & { preload: () => Promise<void> };

type PropsOf<C> = C extends (props: infer P) => ReactNode ? (unknown extends P ? object : P) : never;

/**
 * later is React's lazy that does not give up: a file that does not come is tried a second time, and who draws the component after that
 * has failed has it tried anew. Once it has come it is drawn at once, where React would first draw the fallback, and leave that standing
 * for 0.3 seconds. name is what the file exports it as.
 */
export function later<M, K extends keyof M>(load: () => Promise<M>, name: K): Later<PropsOf<M[K]>>;
export function later<P>(load: () => Promise<{ default: ComponentType<P> }>): Later<P>;
export function later(load: () => Promise<object>, name: PropertyKey = "default"): Later<object> {
  let here: ComponentType | undefined;
  let failed = 0; // when
  const fetch = async () => {
    try {
      here = ((await again(load, trying.code)) as { [name: PropertyKey]: ComponentType })[name];
      return { default: here as ComponentType };
    } catch (cause) {
      failed = Date.now();
      throw cause;
    }
  };
  let coming = lazy(fetch);
  const choose = (): ComponentType => {
    if (here) return here;
    if (failed > 0 && Date.now() - failed > trying.told) {
      failed = 0;
      coming = lazy(fetch);
    }
    return coming;
  };
  function Later(props: object) {
    const [Shown] = useState(choose); // one and the same as long as it is drawn
    return <Shown {...props} />;
  }
  return Object.assign(Later, {
    preload: () =>
      fetch().then(
        () => undefined,
        () => undefined,
      ),
  });
}

/** soon is later for what is likely to be asked for: a component with its texts, and what fetches them ahead. */
export function soon<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  texts: Namespace,
): [ComponentType<P>, () => Promise<unknown>] {
  const Soon = later<P>(async () => (await Promise.all([load(), loadTexts(texts)]))[0]);
  return [Soon, Soon.preload];
}

/** afterPaint does something when what is drawn just now is on the screen, or ms later. It gives what calls that off. */
export function afterPaint(run: () => void, ms = 0): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(run, ms);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
