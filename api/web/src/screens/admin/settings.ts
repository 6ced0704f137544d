// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Settings, SettingsInputBody } from "~/api/settings";

/** Choices are the settings that can be changed. */
export type Choices = Omit<SettingsInputBody, "reason">;

const names = [
  "signature_rule",
  "totp_required",
  "letter_required",
  "subordinate_rule",
  "idle_minutes",
  "absolute_minutes",
  "lock_after",
  "escalation_off",
] as const satisfies readonly (keyof Choices)[];

export function choicesOf(settings: Settings): Choices {
  const { signature_rule, totp_required, letter_required, subordinate_rule, idle_minutes, absolute_minutes, lock_after, escalation_off } =
    settings;
  return { signature_rule, totp_required, letter_required, subordinate_rule, idle_minutes, absolute_minutes, lock_after, escalation_off };
}

/** differences are the names of what is not the same. */
export const differences = (a: Choices, b: Choices) => names.filter((name) => a[name] !== b[name]);
