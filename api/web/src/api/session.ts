// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// What the app knows of its session between requests: when it has ended, and when somebody has logged in again.

type Listener = () => void;

let expired = false;
const listeners = new Set<Listener>();
let waiting: Listener[] = [];

const tell = () => {
  for (const listener of listeners) listener();
};

/** session is a store for useSyncExternalStore: true while the session has ended and nobody has logged in again. */
export const session = {
  subscribe(listener: Listener): Listener {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  expired: () => expired,

  /** expire opens the login over the page. What was being done waits, and loses nothing. */
  expire(): void {
    if (expired) return;
    expired = true;
    tell();
  },

  /** renewed lets what waits go on. */
  renewed(): void {
    expired = false;
    const go = waiting;
    waiting = [];
    for (const on of go) on();
    tell();
  },

  /** back is fulfilled when somebody has logged in again. */
  back(): Promise<void> {
    return expired ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
  },
};
