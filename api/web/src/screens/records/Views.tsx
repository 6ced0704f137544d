// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconBookmark, IconCheck, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { newViewId, useDeleteView, useSaveView, viewsQuery } from "~/api/views";
import { useTranslation } from "~/i18n/texts";
import { ProblemNote } from "~/ui/problem";
import { addressOf, type RecordsSearch, readSearch, sameSearch } from "./search";

const screen = "records";
const searchOf = (query: string) => readSearch(Object.fromEntries(new URLSearchParams(query)));

/** Views are lists that a person gave a name: for himself, on every device. */
export function Views({ search, onChoose }: { search: RecordsSearch; onChoose: (search: RecordsSearch) => void }) {
  const { t } = useTranslation("records");
  const views = (useQuery(viewsQuery).data ?? []).filter((view) => view.screen === screen);
  const forget = useDeleteView();
  const [naming, setNaming] = useState(false);
  const current = views.find((view) => sameSearch(searchOf(view.query), search));
  return (
    <>
      <Menu closeOnItemClick>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {current?.name ?? t("view.title")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {forget.problem && <ProblemNote problem={forget.problem} />}
          {views.map((view) => (
            <Group key={view.id} gap={4} wrap="nowrap">
              <Menu.Item
                flex={1}
                leftSection={view === current ? <IconCheck size={16} aria-label={t("view.current")} /> : <span style={{ width: 16 }} />}
                onClick={() => onChoose(searchOf(view.query))}
              >
                {view.name}
              </Menu.Item>
              <ActionIcon aria-label={t("view.forget", { name: view.name })} onClick={() => void forget.run(view.id)}>
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          ))}
          {views.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => setNaming(true)}>{t("view.save")}</Menu.Item>
          <Menu.Item onClick={() => onChoose({})}>{t("view.all")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {naming && <NameDialog search={search} onClose={() => setNaming(false)} />}
    </>
  );
}

function NameDialog({ search, onClose }: { search: RecordsSearch; onClose: () => void }) {
  const { t } = useTranslation(["records", "common"]);
  const [name, setName] = useState("");
  const [id] = useState(newViewId);
  const save = useSaveView({ onRecorded: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") void save.run({ id, screen, name: name.trim(), query: addressOf(search) });
  };
  const wrong = save.problem?.errors.find((e) => e.path.endsWith("name"));
  return (
    <Modal opened onClose={onClose} title={t("view.save")} closeButtonProps={{ "aria-label": t("common:action.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            maxLength={80}
            label={t("view.name")}
            value={name}
            error={wrong?.message}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {save.problem && !wrong && <ProblemNote problem={save.problem} />}
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={save.busy}>
              {t("common:action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
