// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from "vitest";

const files = import.meta.glob<object>("./*/*.json", { eager: true, import: "default" });

const keysOf = (texts: object, prefix = ""): string[] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "object" ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`]));

const plural = /_(zero|one|two|few|many|other)$/;
const stems = (keys: string[]) => [...new Set(keys.map((key) => key.replace(plural, "")))].sort();

const namespaces = [...new Set(Object.keys(files).map((file) => file.split("/")[2]))];

describe.each(namespaces)("%s", (file) => {
  const of = (language: string) => keysOf(files[`./${language}/${file}`] ?? {});

  test("has the same texts in every language", () => expect(stems(of("ar"))).toEqual(stems(of("en"))));

  test.each(["en", "ar"])("has the forms of number that %s has", (language) => {
    const keys = of(language);
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const stem of stems(keys.filter((key) => plural.test(key)))) {
      for (const category of needed) expect(keys).toContain(`${stem}_${category}`);
    }
  });

  test("leaves no text empty, and fills in the same values", () => {
    const values = (language: string) => {
      const flat = new Map<string, string>();
      const walk = (texts: object, prefix: string) => {
        for (const [key, value] of Object.entries(texts)) {
          if (typeof value === "object") walk(value, `${prefix}${key}.`);
          else flat.set(`${prefix}${key}`, value);
        }
      };
      walk(files[`./${language}/${file}`] ?? {}, "");
      return flat;
    };
    const arabic = values("ar");
    for (const [key, text] of values("en")) {
      expect(text).not.toBe("");
      if (plural.test(key)) continue; // a form such as "one task" need not name the number
      const slots = (t: string) => [...t.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]).sort();
      expect(slots(arabic.get(key) ?? ""), key).toEqual(slots(text));
    }
  });
});
