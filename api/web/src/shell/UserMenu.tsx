// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Menu } from "@mantine/core";
import { IconCheck, IconKeyboard, IconLanguage, IconLogout, IconSun, IconUser } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { logout, type Me } from "~/api/me";
import { choose } from "~/api/preferences";
import { type Language, languages } from "~/i18n/i18n";
import { useTranslation } from "~/i18n/texts";
import { languageOf, type Preferences, usePreferences } from "~/theme/preferences";
import { UserButton } from "./UserButton";

const themes = ["auto", "light", "dark", "contrast"] as const;

/** UserMenu is who is here, and how he likes it. */
export default function UserMenu({ me, onHelp }: { me: Me; onHelp: () => void }) {
  const { t } = useTranslation();
  const chosen = usePreferences();
  return (
    <Menu
      defaultOpened
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      checkIcon={<IconCheck size={14} aria-hidden />}
      position="top-start"
      width={264}
      closeOnItemClick={false}
    >
      <Menu.Target>
        <UserButton person={me} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item closeMenuOnClick component={Link} to="/me" leftSection={<IconUser size={14} aria-hidden />}>
          {t("user.account")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>
          <IconLanguage size={14} aria-hidden /> {t("user.language")}
        </Menu.Label>
        <Menu.RadioGroup value={languageOf(chosen)} onChange={(language) => choose({ language: language as Language })}>
          {Object.entries(languages).map(([language, name]) => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>
          <IconSun size={14} aria-hidden /> {t("user.appearance")}
        </Menu.Label>
        <Menu.RadioGroup value={chosen.theme} onChange={(theme) => choose({ theme: theme as Preferences["theme"] })}>
          {themes.map((theme) => (
            <Menu.RadioItem key={theme} value={theme}>
              {t(`user.${theme}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.CheckboxItem checked={chosen.density === "compact"} onChange={(on) => choose({ density: on ? "compact" : "comfortable" })}>
          {t("user.compact")}
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.CheckboxItem checked={chosen.shortcuts} onChange={(shortcuts) => choose({ shortcuts })}>
          {t("user.shortcuts")}
        </Menu.CheckboxItem>
        <Menu.CheckboxItem checked={chosen.auto_advance} onChange={(auto_advance) => choose({ auto_advance })}>
          {t("user.openNext")}
        </Menu.CheckboxItem>
        <Menu.Item closeMenuOnClick leftSection={<IconKeyboard size={14} aria-hidden />} onClick={onHelp}>
          {t("user.help")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={14} aria-hidden />} onClick={() => void logout()}>
          {t("user.logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
