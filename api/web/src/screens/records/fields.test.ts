// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import type { FormDefinition } from "~/forms/definition";
import { validate } from "~/forms/evaluate";
import { correctables, fieldAt, formOfOne, valueField } from "./fields";

const form: FormDefinition = {
  id: "visit.report",
  version: 1,
  title: "Visit",
  pages: [
    {
      id: "p",
      title: "",
      sections: [
        {
          id: "s",
          title: "",
          fields: [
            { id: "who", label: "Visitor", type: "text", required: true, max_length: 5 },
            { id: "no", label: "Number", type: "text", read_only: true },
            { id: "why", label: "Why", type: "text", show_if: { field: "who", eq: "Eve" }, required: true },
            {
              id: "rooms",
              label: "Rooms",
              type: "table",
              columns: [
                { id: "room", label: "Room", type: "text" },
                { id: "key", label: "Key", type: "text", show_if: { field: "row.room", eq: "vault" } },
                { id: "stay", label: "Stay", type: "quantity", units: ["h"] },
              ],
            },
          ],
        },
      ],
    },
  ],
};

test.each([
  ["who", "Visitor", ""],
  ["rooms[1].room", "Rooms 2 › Room", ""],
  ["rooms[0].stay.value", "Rooms 1 › Stay", "value"],
  ["rooms[0]", "Rooms 1", "[0]"],
])("%s is called %s", (path, label, part) => expect(fieldAt(form, path)).toMatchObject({ label, part }));

test("a path of another form is of no field", () => expect(fieldAt(form, "lots[0].lot")).toBeUndefined());

test("all but what the system fills in can be put right, also what is not asked now", () => {
  const found = correctables("report", form, { who: "Ann", rooms: [{ room: "vault" }, { room: "hall" }] });
  expect(found.map((f) => f.path)).toEqual([
    "report.who",
    "report.why",
    "report.rooms[0].room",
    "report.rooms[0].key",
    "report.rooms[0].stay",
    "report.rooms[1].room",
    "report.rooms[1].stay",
    "report.rooms",
  ]);
  expect(found[2]).toMatchObject({ label: "Rooms 1 › Room", value: "vault" });
});

test("a form of one value asks without conditions, and keeps its limits", () => {
  const why = form.pages[0]?.sections[0]?.fields[2];
  const who = form.pages[0]?.sections[0]?.fields[0];
  if (!why || !who) throw new Error("the form has these");
  expect(validate(formOfOne(why, "Right value"), { [valueField]: null }, "complete")).toEqual([]);
  expect(validate(formOfOne(who, "Right value"), { [valueField]: "Too long" }, "complete")).toMatchObject([{ code: "too_long" }]);
});
