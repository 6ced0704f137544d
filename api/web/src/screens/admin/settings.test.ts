// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { type Choices, choicesOf, differences } from "./settings";

const choices: Choices = {
  signature_rule: "strict",
  totp_required: false,
  letter_required: true,
  subordinate_rule: "warn",
  idle_minutes: 15,
  absolute_minutes: 0,
  lock_after: 5,
  escalation_off: false,
};

test("only what can be changed is sent back", () => {
  expect(choicesOf({ ...choices, revision: 7, demo: true, label: "Demo" })).toEqual(choices);
});

test("names what somebody else changed", () => {
  expect(differences(choices, choices)).toEqual([]);
  expect(differences(choices, { ...choices, lock_after: 3, totp_required: true })).toEqual(["totp_required", "lock_after"]);
});
