// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { keyOf } from "./shortcuts";

const pressed = (key: string, code: string, shiftKey = false) => keyOf({ key, code, shiftKey });

test("a key is what it writes, wherever it stands", () => {
  expect(pressed("j", "KeyJ")).toBe("j");
  expect(pressed("a", "KeyQ")).toBe("a"); // AZERTY
  expect(pressed("ö", "Semicolon")).toBe("ö");
  expect(pressed("?", "Minus", true)).toBe("?"); // German
  expect(pressed("ArrowDown", "ArrowDown")).toBe("ArrowDown");
});

test("on a keyboard without Latin letters a key is what stands at its place", () => {
  expect(pressed("ت", "KeyJ")).toBe("j");
  expect(pressed("ن", "KeyK")).toBe("k");
  expect(pressed("لا", "KeyB")).toBe("b");
  expect(pressed("л", "KeyK")).toBe("k");
  expect(pressed("أ", "KeyH", true)).toBe("H");
  expect(pressed("٢", "Digit2")).toBe("2");
  expect(pressed("ظ", "Slash")).toBe("/");
  expect(pressed("؟", "Slash", true)).toBe("?");
});
