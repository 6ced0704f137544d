// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from "vitest";
import vectors from "../../../../models/testdata/form_vectors.json";
import type { Data, FormDefinition, Mode } from "./definition";
import { clean, score, validate, visible } from "./evaluate";

const forms = vectors.forms as unknown as { [name: string]: FormDefinition };

describe("forms mean what the server says", () => {
  for (const vector of vectors.vectors) {
    test(vector.name, () => {
      const form = forms[vector.form];
      if (!form) throw new Error(`there is no form ${vector.form}`);
      const data = vector.data as Data;
      const before = structuredClone(data);
      expect(validate(form, data, vector.mode as Mode).map(({ path, pointer, code }) => ({ path, pointer, code }))).toEqual(
        vector.problems.map(({ path, pointer, code }) => ({ path, pointer, code })),
      );
      expect(visible(form, data)).toEqual(vector.visible);
      expect(score(form, data)).toEqual(vector.score);

      const tidy = clean(form, data);
      expect(visible(form, tidy)).toEqual(visible(form, data));
      expect(score(form, tidy)).toEqual(score(form, data));
      expect(clean(form, tidy)).toEqual(tidy);
      expect(validate(form, tidy, "complete").map((p) => p.code)).not.toContain("hidden");
      expect(data).toEqual(before);
    });
  }

  test("there are many", () => expect(vectors.vectors.length).toBeGreaterThan(80));
});
