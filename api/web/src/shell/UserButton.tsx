// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { UnstyledButton } from "@mantine/core";
import type { ComponentProps } from "react";
import type { Me, Role } from "~/api/me";
import { useTranslation } from "~/i18n/texts";
import classes from "./UserButton.module.css";

/** UserButton is who is here. Its menu is UserMenu. */
export function UserButton({ person, ...rest }: { person: Me } & ComponentProps<typeof UnstyledButton<"button">>) {
  const { t } = useTranslation();
  const role = person.grants[0]?.role as Role | undefined;
  const initials = person.name
    .split(/\s+/)
    .map((part) => part[0])
    .slice(0, 2)
    .join("");
  return (
    <UnstyledButton aria-haspopup="menu" {...rest} className={classes.who}>
      <span className={classes.initials} aria-hidden>
        {initials}
      </span>
      <span className={classes.text}>
        <span className={classes.name}>{person.name}</span>
        {role && <span className={classes.role}>{t(`role.${role}`)}</span>}
      </span>
    </UnstyledButton>
  );
}
