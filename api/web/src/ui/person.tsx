// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "react-i18next";

interface Named {
  id: string;
  name: string;
}

/** Person is a name, and for whom he acts: always "A for B". */
export function Person({ who, behalf }: { who: Named; behalf?: Named }) {
  const { t } = useTranslation();
  return <bdi>{behalf && behalf.id !== who.id ? t("person.for", { who: who.name, behalf: behalf.name }) : who.name}</bdi>;
}
