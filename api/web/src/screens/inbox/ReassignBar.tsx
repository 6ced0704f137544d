// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, List, Modal, Stack, Table, Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Reassigned, type TaskItem, useReassignMany } from "~/api/tasks";
import { useTranslation } from "~/i18n/texts";
import { StandingNote } from "~/ui/standing";
import classes from "./Inbox.module.css";
import { PersonPicker } from "./PersonPicker";

/** ReassignBar gives the selected tasks to somebody else: what would be is shown first, task by task. */
export default function ReassignBar({ tasks, onDone }: { tasks: TaskItem[]; onDone: () => void }) {
  const { t } = useTranslation("inbox");
  const [open, setOpen] = useState(false);
  return (
    <div className={classes.many} role="status">
      <span>{t("selected", { count: tasks.length })}</span>
      <Button size="compact-sm" variant="default" onClick={onDone}>
        {t("unselect")}
      </Button>
      <Button size="compact-sm" onClick={() => setOpen(true)} disabled={tasks.length === 0}>
        {t("reassign")}
      </Button>
      {open && <ReassignDialog tasks={tasks} onClose={() => setOpen(false)} onDone={onDone} />}
    </div>
  );
}

const most = 100; // tasks of one request

function ReassignDialog({ tasks, onClose, onDone }: { tasks: TaskItem[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation(["task", "common"]);
  const preview = useReassignMany();
  const act = useReassignMany();
  // The tasks are those of the beginning: reassigning them may take them out of the list.
  const [mine] = useState(() => tasks.slice(0, most));
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const shown = act.data ?? preview.data;
  const allowed = preview.data?.items.filter((item) => item.result === "allowed").map((item) => item.task) ?? [];
  const body = { to, reason: reason.trim() };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!to || !body.reason) return;
    if (shown) void act.run({ ...body, tasks: allowed });
    else void preview.run({ ...body, tasks: mine.map((task) => task.id), dry_run: true });
  };
  const change = () => {
    preview.reset();
    act.reset();
  };
  const done = act.data !== undefined;
  return (
    <Modal
      opened
      onClose={done ? onDone : onClose}
      title={t("many.title", { count: mine.length })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {!shown && (
            <>
              <PersonPicker label={t("to")} value={to} onChange={setTo} error={asked && !to ? t("toRequired") : undefined} />
              <Textarea
                label={t("common:reason.label")}
                required
                autosize
                minRows={2}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                error={asked && !body.reason ? t("common:reason.required") : undefined}
              />
            </>
          )}
          {shown && <Preview items={shown.items} done={done} />}
          {preview.standing !== "recorded" && <StandingNote command={preview} />}
          {act.standing !== "recorded" && <StandingNote command={act} />}
          <Group justify="end" gap="xs">
            {!done && (
              <Button variant="default" onClick={shown ? change : onClose} disabled={act.busy}>
                {t(shown ? "common:action.back" : "common:action.cancel")}
              </Button>
            )}
            {done ? (
              <Button onClick={onDone}>{t("common:action.close")}</Button>
            ) : (
              <Button type="submit" loading={preview.busy || act.busy} disabled={shown && allowed.length === 0}>
                {shown ? t("many.act", { count: allowed.length }) : t("many.preview")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Preview({ items, done }: { items: Reassigned[]; done: boolean }) {
  const { t } = useTranslation("task");
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm">{t(done ? "many.was" : "many.would")}</Text>
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("many.task")}</Table.Th>
              <Table.Th>{t("many.from")}</Table.Th>
              <Table.Th>{t("many.result")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={item.task}>
                <Table.Td>
                  <bdi>{item.title}</bdi> <span className="mono quiet">{item.number}</span>
                </Table.Td>
                <Table.Td>
                  <bdi>{item.from?.name ?? "–"}</bdi>
                </Table.Td>
                <Table.Td>
                  {t(`many.${item.result}`)}
                  {item.problem && (
                    <List size="xs">
                      {(item.problem.reasons ?? []).map((reason) => (
                        <List.Item key={reason.rule + reason.text}>
                          <bdi>{reason.text}</bdi>
                        </List.Item>
                      ))}
                      {(item.problem.reasons ?? []).length === 0 && <List.Item>{item.problem.detail}</List.Item>}
                    </List>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
