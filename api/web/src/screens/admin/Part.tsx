// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Group, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Part is a section of a page with its heading. */
export function Part({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2}>{title}</Title>
          {end}
        </Group>
        {children}
      </Stack>
    </section>
  );
}
