// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Role } from "~/api/me";
import { useTranslation } from "~/i18n/texts";

/** roles are the server's, in the order of the process. */
export const roles: readonly Role[] = [
  "reporter",
  "area_owner",
  "area_head",
  "investigator",
  "expert",
  "qa_approver",
  "quality_head",
  "manager",
  "inspector",
  "admin",
  "integration",
];

/** useRoleName says a role in the language of the page; one that is not known here as the server calls it. */
export function useRoleName(): (role: string) => string {
  const { t } = useTranslation("common");
  return (role) => (roles.includes(role as Role) ? t(`role.${role as Role}`) : role);
}
