// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Before anything is drawn: language, direction, colours and contrast as chosen on this device, so that nothing flashes.
// src/theme/preferences.ts writes these keys.
(() => {
  const root = document.documentElement;
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("countersign.preferences") ?? "{}");
  } catch {
    // storage is closed or holds something else: the browser's own settings do
  }
  const chosen = saved.language === "en" || saved.language === "ar" ? saved.language : navigator.language;
  const language = chosen.startsWith("ar") ? "ar" : "en";
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  const dark = saved.theme === "dark" || (saved.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  if (saved.theme === "contrast") root.setAttribute("data-contrast", "more");
  if (saved.density) root.setAttribute("data-density", saved.density);
})();
