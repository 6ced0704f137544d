// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import i18next from "i18next";
import { languageOf, preferences } from "~/theme/preferences";

// Texts come one namespace a screen, each as a file of its own that is loaded when a screen first asks for it.
const files = import.meta.glob<{ default: object }>("./*/*.json");

export const languages = { en: "English", ar: "العربية" } as const;
export type Language = keyof typeof languages;

/** startTexts loads what every screen needs, and what the inbox needs, so that nothing is drawn without its words. */
export async function startTexts(): Promise<void> {
  await i18next
    .use({
      type: "backend" as const,
      read: (language: string, namespace: string, done: (error: unknown, data: object | false) => void) => {
        const load = files[`./${language}/${namespace}.json`];
        if (!load) return done(new Error(`there are no texts ${language}/${namespace}`), false);
        load().then(
          (module) => done(null, module.default),
          (cause) => done(cause, false),
        );
      },
    })
    .init({
      lng: languageOf(preferences.get()),
      fallbackLng: "en",
      ns: ["common", "inbox"],
      defaultNS: "common",
      interpolation: { escapeValue: true, escape: isolate }, // React escapes
      returnNull: false,
    });
}

// A name or a title of the other direction, set into a text, turns its neighbours round unless it stands by itself: U+2068 … U+2069.
const foreign = { en: /[\u0590-\u08ff]/, ar: /[A-Za-z\u00c0-\u024f]/ };

function isolate(value: string): string {
  const language: Language = i18next.language === "ar" ? "ar" : "en";
  return foreign[language].test(value) ? `\u2068${value}\u2069` : value;
}

/** speak takes the language that is chosen and, with it, the direction of everything. */
export async function speak(): Promise<void> {
  const language = languageOf(preferences.get());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}
