// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { render } from "@testing-library/react";
import i18next from "i18next";
import { Suspense, startTransition, useState } from "react";
import { createRoot } from "react-dom/client";
import { beforeAll, expect, test, vi } from "vitest";
import { useTranslation } from "./texts";

const words: { [language: string]: string } = { en: "Claim", ar: "استلام" };

// Texts come a moment later, as over the network.
beforeAll(() =>
  i18next
    .use({
      type: "backend" as const,
      read: (language: string, namespace: string, done: (error: unknown, data: object) => void) => {
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
