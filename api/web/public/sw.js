// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// The service worker keeps the shell: index.html and the files that it names. An answer of the API is never kept, nor is
// anything that is not a plain GET of our own files.
const shell = "shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.add(new Request("/inbox", { cache: "reload" }))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== shell) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

// The page says when: a tab in the middle of a signature is not reloaded under the hand.
self.addEventListener("message", (event) => {
  if (event.data === "update") self.skipWaiting();
});

const screens = /^\/(inbox|records|board|admin|me)(\/|$)/;

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/" || screens.test(url.pathname)) event.respondWith(navigate(request));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(asset(request));
  }
});

// The network first, so that what is online is never old.
async function navigate(request) {
  try {
    return await fetch(request);
  } catch (cause) {
    const kept = await caches.match("/inbox");
    if (kept) return kept;
    throw cause;
  }
}

// Names of assets have a hash: what is kept is right for ever.
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(shell)).put(request, answer.clone());
  return answer;
}
