// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Kbd, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { useMe } from "~/api/me";
import { session } from "~/api/session";
import { useTranslation } from "~/i18n/texts";
import { afterPaint, later } from "~/ui/soon";
import { Apart } from "./Apart";
import { NoticesBell } from "./NoticesBell";
import { placesFor } from "./nav";
import classes from "./Shell.module.css";
import { keyOf, onKey, useShortcuts } from "./shortcuts";
import { UpdateNote } from "./UpdateNote";
import { UserButton } from "./UserButton";

// What is not needed to read the inbox comes when it is first asked for.
const LoginAgain = later(() => import("./LoginAgain"));
const UserMenu = later(() => import("./UserMenu"));
const CommandPalette = later(() => import("./CommandPalette"));
const KeyboardHelp = later(() => import("./KeyboardHelp"));

/** Shell is the frame around every screen: places at the side, or at the bottom of a phone. */
export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "help">();
  const [menu, setMenu] = useState(false);
  const expired = useSyncExternalStore(session.subscribe, session.expired);
  const places = placesFor(me);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keyOf(event).toLowerCase() === "k") {
        event.preventDefault();
        setOpen("palette");
      } else {
        onKey(event);
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  // A session ends also where nothing more can be fetched.
  useEffect(() => afterPaint(() => void LoginAgain.preload(), 2_000), []);

  useShortcuts([
    ...places.map((place) => ({ keys: place.keys, label: t(`nav.${place.name}`), run: () => void navigate({ to: place.to }) })),
    { keys: "?", label: t("keys.help"), run: () => setOpen("help") },
  ]);

  return (
    <div className={classes.shell}>
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <aside className={classes.side}>
        <div className={classes.house}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span className={classes.houseName}>{me.organization.name}</span>
          <NoticesBell />
        </div>
        {me.organization.label && <div className={classes.label}>{me.organization.label}</div>}
        <UnstyledButton className={classes.search} onClick={() => setOpen("palette")} aria-keyshortcuts="Control+K Meta+K">
          <IconSearch size={16} aria-hidden />
          <span>{t("nav.search")}</span>
          <Kbd size="xs">{/Mac/.test(navigator.platform) ? "⌘K" : "Ctrl K"}</Kbd>
        </UnstyledButton>
        <nav aria-label={t("nav.main")} className={classes.nav}>
          {places.map(({ name, to, icon: Icon }) => (
            <Link
              key={name}
              to={to}
              className={classes.place}
              activeProps={{ "aria-current": "page" }}
              activeOptions={{ includeSearch: false }}
            >
              <Icon size={18} stroke={1.6} aria-hidden />
              <span>{t(`nav.${name}`)}</span>
            </Link>
          ))}
        </nav>
        <div className={classes.user}>
          {menu ? (
            <Apart fallback={<UserButton person={me} />} onClose={() => setMenu(false)}>
              <UserMenu me={me} onHelp={() => setOpen("help")} />
            </Apart>
          ) : (
            <UserButton person={me} onClick={() => setMenu(true)} />
          )}
        </div>
      </aside>
      <main id="content" tabIndex={-1} className={classes.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <UpdateNote />
      {expired && (
        <Apart>
          <LoginAgain me={me} />
        </Apart>
      )}
      {open && (
        <Apart key={open} onClose={() => setOpen(undefined)}>
          {open === "palette" && <CommandPalette places={places} onClose={() => setOpen(undefined)} />}
          {open === "help" && <KeyboardHelp onClose={() => setOpen(undefined)} />}
        </Apart>
      )}
    </div>
  );
}
