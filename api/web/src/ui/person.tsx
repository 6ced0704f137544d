// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from "~/i18n/texts";

interface Named {
  id: string;
  name: string;
}

/** Person is a name, and for whom he acts: always "A for B". */
export function Person({ who, behalf }: { who: Named; behalf?: Named }) {
  return <bdi>{behalf && behalf.id !== who.id ? <For who={who} behalf={behalf} /> : who.name}</bdi>;
}

function For({ who, behalf }: { who: Named; behalf: Named }) {
  const { t } = useTranslation();
  return t("person.for", { who: who.name, behalf: behalf.name });
}
