// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { cleanup, render, screen } from "@testing-library/react";
import { Component, type ComponentType, type ReactNode, Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotLoaded, trying } from "./late";
import { later } from "./soon";

class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError = (error: unknown) => ({ error });
  override render() {
    return this.state.error ? <p>{this.state.error instanceof NotLoaded ? "not loaded" : "crashed"}</p> : this.props.children;
  }
}

const show = (Shown: ComponentType) =>
  render(
    <Boundary>
      <Suspense fallback="waits">
        <Shown />
      </Suspense>
    </Boundary>,
  );

const file = { Words: () => <p>here</p> };
const missing = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

beforeEach(() => {
  trying.code = [5];
  trying.told = 100;
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what a boundary caught
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("a file that does not come is tried a second time", async () => {
  const load = vi.fn(() => Promise.resolve(file)).mockImplementationOnce(missing);
  show(later(load, "Words"));
  await screen.findByText("here");
  expect(load).toHaveBeenCalledTimes(2);
});

test("a failure is shown, and who draws it later asks again", async () => {
  const load = vi.fn<() => Promise<typeof file>>(missing);
  const Words = later(load, "Words");
  const failed = show(Words);
  await screen.findByText("not loaded");
  expect(load).toHaveBeenCalledTimes(2);
  failed.unmount();
  await new Promise((resolve) => setTimeout(resolve, 120));
  load.mockResolvedValue(file);
  show(Words);
  await screen.findByText("here");
});

test("what was fetched ahead is drawn at once; what failed ahead throws nothing", async () => {
  const load = vi.fn<() => Promise<typeof file>>(missing);
  const Words = later(load, "Words");
  await Words.preload();
  load.mockResolvedValue(file);
  await Words.preload();
  show(Words);
  expect(screen.queryByText("waits")).toBeNull();
  expect(screen.getByText("here")).toBeTruthy();
});
