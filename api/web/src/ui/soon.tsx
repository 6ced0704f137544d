// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next, { type Namespace } from "i18next";
import { type ComponentType, lazy, useState } from "react";

/**
 * soon is lazy for what is likely to be asked for: a component with its texts, and what fetches them ahead. Once they have come it is
 * drawn at once, where React would first draw the fallback, and leave that standing for 0.3 seconds.
 */
export function soon<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  texts: Namespace,
): [ComponentType<P>, () => Promise<unknown>] {
  let here: ComponentType<P> | undefined;
  const fetch = async () => {
    const [module] = await Promise.all([load(), i18next.loadNamespaces(texts)]);
    here = module.default;
    return module;
  };
  const Later = lazy(fetch) as unknown as ComponentType<P>;
  function Soon(props: P) {
    const [Shown] = useState<ComponentType<P>>(() => here ?? Later); // one and the same as long as it is drawn
    return <Shown {...props} />;
  }
  return [Soon, fetch];
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
