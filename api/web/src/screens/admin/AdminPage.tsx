// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Link, Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useMe } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import classes from "./admin.module.css";
import { placesFor } from "./places";

/** AdminPage is the frame of administration: what there is at the side, on a phone above. */
export function AdminPage() {
  const { t } = useTranslation("admin");
  const me = useMe();
  return (
    <div className={classes.admin}>
      <nav className={classes.side} aria-label={t("title")}>
        {placesFor(me).map((place) => (
          <Link key={place.name} to={place.to} className={classes.place} activeProps={{ "aria-current": "page" }}>
            {t(`place.${place.name}`)}
          </Link>
        ))}
      </nav>
      <div className={classes.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}
