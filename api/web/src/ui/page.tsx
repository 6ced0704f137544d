// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "~/i18n/texts";
import classes from "./page.module.css";

/** Page is the frame of every screen: one heading, one place for what can be done, one primary button at most. */
export function Page({
  title,
  actions,
  children,
  flush = false,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app")}`;
  }, [title, t]);
  return (
    <div className={classes.page} data-flush={flush || undefined}>
      <header className={classes.head}>
        <Title order={1} dir="auto">
          {title}
        </Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      <div className={classes.body}>{children}</div>
    </div>
  );
}

/** Empty says kindly that there is nothing, and what to do about it. inline is for a part of a page, below its heading. */
export function Empty({ text, inline = false, children }: { text: string; inline?: boolean; children?: ReactNode }) {
  if (inline) return <Text c="dimmed">{text}</Text>;
  return (
    <Stack align="center" justify="center" gap="xs" py={48} px="md">
      <Text c="dimmed" ta="center">
        {text}
      </Text>
      {children}
    </Stack>
  );
}

/** RowSkeletons have the size of the rows that come, so that nothing jumps. */
export function RowSkeletons({ rows = 8, height = 56 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={i} className={classes.skeleton} style={{ height }}>
          <Skeleton height={10} width={`${60 - (i % 3) * 12}%`} />
          <Skeleton height={8} width={`${35 + (i % 4) * 6}%`} />
        </div>
      ))}
    </div>
  );
}
