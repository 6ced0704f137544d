// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { render } from "@testing-library/react";
import i18next from "i18next";
import { Component, type ReactNode, Suspense, startTransition, useState } from "react";
import { createRoot } from "react-dom/client";
import { beforeAll, expect, test, vi } from "vitest";
import { NotLoaded, trying } from "~/ui/late";
import { loadTexts, useTranslation } from "./texts";

const words: { [language: string]: string } = { en: "Claim", ar: "استلام" };

// How often a namespace fails before it comes.
const failing = new Map<string, number>();

// Texts come a moment later, as over the network.
beforeAll(() =>
  i18next
    .use({
      type: "backend" as const,
      read: (language: string, namespace: string, done: (error: unknown, data: object | false) => void) => {
        const fails = failing.get(namespace) ?? 0;
        failing.set(namespace, fails - 1);
        if (fails > 0) return void setTimeout(() => done(new Error("cut"), false), 10);
        setTimeout(() => done(null, { claim: `${words[language]} ${namespace}`, action: { close: `Close ${language}` } }), 10);
      },
    })
    .init({ lng: "en", fallbackLng: "en", ns: ["common"], defaultNS: "common" }),
);

function Words() {
  const { t } = useTranslation("task");
  const common = useTranslation(["inbox", "common"]);
  const [clicks] = useState(7); // a hook after those that wait
  return (
    <p>
      {t("claim")}, {common.t("common:action.close")}, {clicks}
    </p>
  );
}

let show: () => void = () => undefined;

function Page() {
  const [shown, setShown] = useState(false);
  show = () => startTransition(() => setShown(true));
  return <Suspense fallback="waits">{shown && <Words />}</Suspense>;
}

// As in a browser, and not step by step: what a test library does of itself would keep React from asking again.
const alone = { container: document.createElement("div") };

test("words are waited for without an error that React has to recover from, and follow the language", async () => {
  const recovered = vi.fn();
  const root = createRoot(alone.container, { onRecoverableError: recovered });
  const drawn = (text: string) => vi.waitFor(() => expect(alone.container.textContent).toBe(text));
  root.render(<Page />);
  await drawn("");
  await vi.waitFor(() => {
    show();
    expect(alone.container.textContent).toBe("Claim task, Close en, 7");
  });
  await i18next.changeLanguage("ar");
  await drawn("استلام task, Close ar, 7");
  expect(recovered).not.toHaveBeenCalled();
  root.unmount();
});

test("components with the same words share them", () => {
  const seen: unknown[] = [];
  function One() {
    seen.push(useTranslation("task").t);
    return null;
  }
  render(
    <>
      <One />
      <One />
    </>,
  );
  expect(seen[0]).toBe(seen.at(-1));
});

class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError = (error: unknown) => ({ error });
  override render() {
    return this.state.error instanceof NotLoaded ? "not loaded" : this.props.children;
  }
}

function Claim({ of }: { of: "records" | "board" }) {
  return useTranslation(of).t("claim" as never);
}

const drawClaim = (of: "records" | "board") => {
  const container = document.createElement("div");
  const root = createRoot(container, { onCaughtError: () => undefined });
  root.render(
    <Boundary>
      <Suspense>
        <Claim of={of} />
      </Suspense>
    </Boundary>,
  );
  return container;
};

test("texts that do not come at first are asked for again, and no keys are shown", async () => {
  await i18next.changeLanguage("en");
  trying.texts = [1, 1, 1];
  failing.set("records", 3);
  const drawn = drawClaim("records");
  await vi.waitFor(() => expect(drawn.textContent).toBe("Claim records"));
});

test("texts that do not come at all are an error, which is not kept", async () => {
  trying.texts = [1, 1, 1];
  trying.told = 100;
  failing.set("board", Number.POSITIVE_INFINITY);
  const drawn = drawClaim("board");
  await vi.waitFor(() => expect(drawn.textContent).toBe("not loaded"));
  await expect(loadTexts("board")).rejects.toThrow(NotLoaded);
  await new Promise((resolve) => setTimeout(resolve, 120));
  failing.set("board", 0);
  const again = drawClaim("board");
  await vi.waitFor(() => expect(again.textContent).toBe("Claim board"));
});
