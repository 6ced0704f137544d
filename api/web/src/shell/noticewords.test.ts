// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, test } from "vitest";
import type { Notice } from "~/api/notices";
import ar from "~/i18n/ar/notices.json";
import en from "~/i18n/en/notices.json";
import { noticeWords } from "./noticewords";

const texts = i18next.createInstance();

beforeAll(() =>
  texts.init({
    lng: "en",
    ns: ["notices"],
    resources: { en: { notices: en }, ar: { notices: ar } },
    interpolation: { escapeValue: false },
  }),
);

// One of every kind that the API knows: the compiler says which is missing.
const kinds: Record<Notice["kind"], true> = {
  task_opened: true,
  task_assigned: true,
  task_stand_in: true,
  task_returned: true,
  task_unheld: true,
  nobody_stands_in: true,
  due_soon: true,
  overdue: true,
  escalated: true,
  offered: true,
  handed_over: true,
  request_withdrawn: true,
  nobody_eligible: true,
  absence_entered: true,
  absence_ended: true,
};

const notice = (kind: Notice["kind"], about: Notice["about"]): Notice => ({
  id: "0",
  kind,
  text: "",
  at: "2026-11-22T10:00:00Z",
  read: false,
  about,
});

const about: Notice["about"] = {
  what: "Assess it",
  by: { id: "1", name: "Max Mahler" },
  absent: { id: "2", name: "Otto Ostermann" },
  substitute: { id: "3", name: "Hana Heller" },
  due_at: "2026-11-22T10:00:00Z",
  from: "2026-11-23T10:00:00Z",
  to: "2026-11-24T10:00:00Z",
  needed: 2,
  found: 1,
};

const words = (language: "en" | "ar", kind: Notice["kind"], a = about) =>
  noticeWords(notice(kind, a), texts.getFixedT(language, "notices") as TFunction<"notices">, language);

describe.each(["en", "ar"] as const)("in %s", (language) => {
  test.each(Object.keys(kinds) as Notice["kind"][])("%s is a sentence of its own", (kind) => {
    const said = words(language, kind);
    expect(said).not.toMatch(/\{\{|kind\./);
    if (!kind.startsWith("absence_")) expect(said).toContain("Assess it");
    expect((Object.keys(kinds) as Notice["kind"][]).filter((other) => words(language, other) === said)).toEqual([kind]);
  });
});

test("names people, and days with their zone", () => {
  expect(words("en", "task_stand_in")).toBe("Otto Ostermann is away, and you stand in: Assess it");
  expect(words("en", "absence_entered")).toMatch(
    /^Max Mahler entered .* from 23 Nov 2026 .*UTC.* to 24 Nov 2026 .*Hana Heller acts for you$/,
  );
  expect(words("en", "nobody_eligible")).toBe("Too few people may do this, 1 of the 2 that it needs: Assess it");
});

test("says somebody where a name was erased", () => {
  expect(words("en", "task_assigned", { ...about, by: { id: "1", name: "" } })).toBe("Somebody gave you a task: Assess it");
});
