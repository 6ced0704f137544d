// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { type Preferences, preferences } from "~/theme/preferences";
import { send } from "./client";

/** choose takes a preference at once, and tells the server so that it holds on other devices. If that fails, it holds on this one. */
export function choose(change: Partial<Preferences>): void {
  preferences.set(change);
  void send({ method: "PUT", address: "/v1/me/preferences", body: preferences.get() }).catch(() => undefined);
}
