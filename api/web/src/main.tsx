// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
import "./theme/tokens.css";
import { DirectionProvider, type MantineColorSchemeManager, MantineProvider, useDirection, useMantineColorScheme } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { CatchBoundary, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { type ReactNode, StrictMode, Suspense, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { whoAmI } from "./api/me";
import { asProblem } from "./api/problem";
import { queries } from "./api/query";
import { speak, startTexts } from "./i18n/i18n";
import { router } from "./router";
import { update } from "./shell/update";
import { languageOf, type Preferences, preferences, scheme, usePreferences } from "./theme/preferences";
import { theme } from "./theme/theme";
import { ProblemNote } from "./ui/problem";
import { later } from "./ui/soon";

// Styles that Mantine makes at run time are let in by this page's nonce; see contentPolicy in embed.go.
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
setNonce(nonce);

const schemes: MantineColorSchemeManager = {
  get: () => scheme(preferences.get()),
  set: () => undefined, // ~/api/preferences does
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

const Notifications = later(() => import("./ui/notifications"));

function Frame({ children }: { children: ReactNode }) {
  return (
    <StrictMode>
      <DirectionProvider initialDirection={document.documentElement.dir === "rtl" ? "rtl" : "ltr"}>
        <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes} getStyleNonce={() => nonce}>
          <FollowChoices />
          {children}
        </MantineProvider>
      </DirectionProvider>
    </StrictMode>
  );
}

// FollowChoices turns the components round with the language, and colours them with the theme.
function FollowChoices() {
  const chosen = usePreferences();
  const { setDirection } = useDirection();
  const { setColorScheme } = useMantineColorScheme();
  const direction = languageOf(chosen) === "ar" ? "rtl" : "ltr";
  const colors = scheme(chosen);
  useEffect(() => {
    setDirection(direction);
    void speak();
  }, [direction, setDirection]);
  useEffect(() => setColorScheme(colors), [colors, setColorScheme]);
  return null;
}

async function start(): Promise<void> {
  const root = createRoot(document.getElementById("root") as HTMLElement);
  const texts = startTexts();
  try {
    const [, me] = await Promise.all([texts, whoAmI()]);
    preferences.set((me as { preferences?: Partial<Preferences> }).preferences ?? {});
    await speak();
  } catch (cause) {
    if (asProblem(cause).sessionExpired) {
      location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    await texts;
    root.render(
      <Frame>
        <ProblemNote problem={cause} onRetry={() => location.reload()} />
      </Frame>,
    );
    return;
  }
  root.render(
    <Frame>
      <QueryClientProvider client={queries}>
        <CatchBoundary getResetKey={() => ""} errorComponent={() => null}>
          <Suspense>
            <Notifications />
          </Suspense>
        </CatchBoundary>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Frame>,
  );
  if (import.meta.env.PROD) void update.start().catch(() => undefined); // no service worker: everything works but offline
}

void start();
