// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Box, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/texts";
import { Empty, Page } from "~/ui/page";
import { PersonPicker } from "~/ui/personpicker";
import { PersonSessions } from "./PersonPage";

const route = getRouteApi("/admin/sessions");

/** SessionsPage is where somebody is logged in, and the way to end it. */
export function SessionsPage() {
  const { t } = useTranslation("admin");
  const { person = "" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t("place.sessions")}>
      <Stack gap="sm">
        <Box maw={320}>
          <PersonPicker
            label={t("sessions.whose")}
            value={person}
            onChange={(id) => void navigate({ search: { person: id || undefined }, replace: true })}
          />
        </Box>
        {person === "" ? <Empty text={t("sessions.choose")} /> : <PersonSessions key={person} id={person} />}
      </Stack>
    </Page>
  );
}
