// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useSeen } from "./seen";

const page = (live: string, begun: boolean) => renderHook(({ live, begun }) => useSeen(live, begun), { initialProps: { live, begun } });

test("an act stays on the version that was seen when it began, until the newer one was looked at", () => {
  const { result, rerender } = page('"3"', false);
  rerender({ live: '"4"', begun: false });
  expect(result.current).toMatchObject({ etag: '"4"', changed: false });
  rerender({ live: '"4"', begun: true });
  rerender({ live: '"5"', begun: true });
  expect(result.current).toMatchObject({ etag: '"4"', changed: true });
  act(() => result.current.look());
  expect(result.current).toMatchObject({ etag: '"5"', changed: false });
});

test("a version of one's own needs no look, also before the page shows it", () => {
  const { result, rerender } = page('"3"', true);
  act(() => result.current.made('"4"'));
  rerender({ live: '"3"', begun: false });
  expect(result.current.etag).toBe('"4"');
  rerender({ live: '"4"', begun: false });
  rerender({ live: '"5"', begun: false });
  expect(result.current.etag).toBe('"5"');
});
