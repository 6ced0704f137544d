// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, Group, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useDeleteView, useSaveView, viewsQuery } from "~/api/views";
import { useTranslation } from "~/i18n/texts";
import { ProblemNote } from "~/ui/problem";
import classes from "./Inbox.module.css";
import { type InboxSearch, searchOf, viewOf } from "./search";

interface ViewsMenuProps {
  search: InboxSearch;
  onView: (search: InboxSearch) => void;
  onClose: () => void;
}

const screen = "inbox";

/** ViewsMenu leads to lists as somebody likes to see them, and keeps this one. */
export default function ViewsMenu({ search, onView, onClose }: ViewsMenuProps) {
  const { t } = useTranslation(["inbox", "common"]);
  const all = useQuery(viewsQuery);
  const views = (all.data ?? []).filter((view) => view.screen === screen);
  const save = useSaveView({ onRecorded: () => setName("") });
  const drop = useDeleteView();
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const same = views.find((view) => view.name === name.trim()); // saved again under its name
    if (name.trim() !== "") void save.run({ id: same?.id ?? newId(), screen, name: name.trim(), query: viewOf(search) });
  };
  return (
    <Stack gap="xs">
      {all.isError && <ProblemNote problem={all.error} onRetry={() => void all.refetch()} />}
      {all.isSuccess && views.length === 0 && (
        <Text size="xs" c="dimmed">
          {t("noViews")}
        </Text>
      )}
      {views.map((view) => (
        <Group key={view.id} gap={4} wrap="nowrap">
          <UnstyledButton
            className={classes.view}
            aria-current={view.query === viewOf(search) ? "true" : undefined}
            onClick={() => {
              onView(searchOf(view.query));
              onClose();
            }}
          >
            {view.name}
          </UnstyledButton>
          <ActionIcon aria-label={t("deleteView", { name: view.name })} onClick={() => void drop.run(view.id)}>
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
      <form onSubmit={submit}>
        <Group gap="xs" align="end" wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            label={t("saveView")}
            placeholder={t("viewName")}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" variant="default" loading={save.busy} disabled={name.trim() === ""}>
            {t("common:action.save")}
          </Button>
        </Group>
      </form>
      {save.problem && <ProblemNote problem={save.problem} />}
    </Stack>
  );
}

// crypto.randomUUID is missing on http addresses other than localhost.
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (b, i) =>
    (i === 6 ? (b & 0x0f) | 0x40 : i === 8 ? (b & 0x3f) | 0x80 : b).toString(16).padStart(2, "0"),
  ).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
