// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// The service worker of a newer build waits until the person says so.

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function found(worker: ServiceWorker | null): void {
  if (!worker || !navigator.serviceWorker.controller) return; // the first visit has nothing to update
  waiting = worker;
  for (const listener of listeners) listener();
}

export const update = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  ready: () => waiting !== null,

  /** take lets the new version in, and loads the page again once it is there. */
  take(): void {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting?.postMessage("update");
  },

  /** start registers the service worker, and looks for a newer one once an hour. */
  async start(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.register("/sw.js");
    found(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        if (worker.state === "installed") found(worker);
      });
    });
    setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
  },
};
