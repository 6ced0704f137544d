// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Whether somebody is at the page. What it asks by itself, on a timer, for an event or on coming into focus, must not keep the session of
// a person who has gone: the server ends an idle session, and only what is asked for him counts as his.

const away = 60_000; // ms without a touch of pointer or key

let lastActive = Date.now(); // somebody has opened the page

for (const name of ["pointerdown", "keydown", "wheel", "touchstart"])
  addEventListener(name, () => (lastActive = Date.now()), { capture: true, passive: true });

/** presence is the headers of a question: marked where nobody has been at the page for a minute. */
export const presence = (): Record<string, string> => (Date.now() - lastActive < away ? {} : { "Countersign-Background": "true" });
