// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Problem } from "~/api/problem";
import common from "~/i18n/en/common.json";
import files from "~/i18n/en/files.json";
import forms from "~/i18n/en/forms.json";
import type { FormDefinition } from "./definition";
import { FormFields } from "./FormFields";
import { type Filling, type TakeFile, useFilling } from "./filling";

vi.mock("~/api/files", async (original) => ({
  ...(await original<object>()),
  upload: async (file: File) => ({ sha256: "a".repeat(64), size: file.size, media_type: "application/pdf" }),
}));

beforeAll(() => i18next.init({ lng: "en", defaultNS: "common", resources: { en: { common, files, forms } } }));
afterEach(cleanup);

const photos: FormDefinition = {
  id: "f",
  version: 1,
  title: "F",
  pages: [
    { id: "p", title: "", sections: [{ id: "s", title: "S", fields: [{ id: "photos", label: "Photos", type: "file", max_rows: 1 }] }] },
  ],
};
const chart = { name: "chart.pdf", sha256: "a".repeat(64) };

function draw(takeFile?: TakeFile): { filling: () => Filling; input: () => HTMLInputElement | null } {
  let filling: Filling | undefined;
  function Probe() {
    filling = useFilling({ form: photos, takeFile });
    return <FormFields filling={filling} />;
  }
  const { container } = render(
    <MantineProvider env="test">
      <Probe />
    </MantineProvider>,
  );
  return { filling: () => filling as Filling, input: () => container.querySelector("input[type=file]") };
}

test("what is chosen becomes the record's, and is then the answer", async () => {
  const take = vi.fn<TakeFile>(async ({ upload }) => ({ name: "as the record has it.pdf", sha256: upload.sha256 }));
  const { filling, input } = draw(take);
  await userEvent.upload(input() as HTMLInputElement, new File(["%PDF-1.7"], "chart.pdf"));
  await waitFor(() => expect(filling().draft()).toEqual({ photos: [{ ...chart, name: "as the record has it.pdf" }] }));
  expect(take).toHaveBeenCalledExactlyOnceWith({ name: "chart.pdf", upload: expect.objectContaining({ sha256: chart.sha256 }) });
  expect(input()).toBeNull(); // one is all that is asked for
  await userEvent.click(screen.getByRole("button", { name: "Take as the record has it.pdf out of the answer" }));
  expect(filling().draft()).toEqual({});
});

test("what the record does not take is no answer, and says why", async () => {
  const problem = new Problem(409, { detail: "Another file of the record is called so." });
  const { filling, input } = draw(() => Promise.reject(problem));
  await userEvent.upload(input() as HTMLInputElement, new File(["%PDF-1.7"], "chart.pdf"));
  expect(await screen.findByText("Another file of the record is called so.")).toBeTruthy();
  expect(filling().draft()).toEqual({});
});

test("where no record takes files, none can be chosen", () => expect(draw().input()).toBeNull());
