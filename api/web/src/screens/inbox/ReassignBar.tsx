// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, List, Modal, Stack, Table, Text, Textarea } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { type Reassigned, type TaskItem, useReassignMany } from "~/api/tasks";
import type { ReassignInputBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { StandingNote } from "~/ui/standing";
import classes from "./Inbox.module.css";
import { PersonPicker } from "./PersonPicker";

interface ReassignBarProps {
  tasks: TaskItem[];
  /** Told which tasks stay selected: those of a part that did not get through. */
  onDone: (left?: string[]) => void;
}

/** ReassignBar gives the selected tasks to somebody else: what would be is shown first, task by task. */
export default function ReassignBar({ tasks, onDone }: ReassignBarProps) {
  const { t } = useTranslation("inbox");
  const [open, setOpen] = useState(false);
  return (
    <div className={classes.many} role="status">
      <span>{t("selected", { count: tasks.length })}</span>
      <Button size="compact-sm" variant="default" onClick={() => onDone()}>
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

// useInParts sends more than one request takes, one part after the other, and stops at the first that fails: what is left can be sent again.
function useInParts() {
  const command = useReassignMany();
  const [items, setItems] = useState<Reassigned[]>([]);
  const [busy, setBusy] = useState(false);
  const turn = useRef(0);
  const run = async ({ tasks, ...body }: ReassignInputBody) => {
    const mine = ++turn.current;
    setBusy(true);
    for (let at = 0; at < tasks.length; at += most) {
      const part = await command.run({ ...body, tasks: tasks.slice(at, at + most) });
      if (turn.current !== mine) return; // something else is asked meanwhile
      if (!part) break;
      setItems((before) => [...before, ...part.items]);
    }
    setBusy(false);
  };
  const reset = () => {
    turn.current++;
    setBusy(false);
    command.reset();
    setItems([]);
  };
  const without = (tasks: readonly string[]) => tasks.filter((id) => !items.some(({ task }) => task === id));
  return { command, items, busy, run, reset, without };
}

function ReassignDialog({ tasks, onClose, onDone }: ReassignBarProps & { onClose: () => void }) {
  const { t } = useTranslation(["task", "common"]);
  const preview = useInParts();
  const act = useInParts();
  // The tasks are those of the beginning: reassigning them may take them out of the list.
  const [mine] = useState(() => tasks.map((task) => task.id));
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const body = { to, reason: reason.trim() };
  const unseen = preview.without(mine);
  const shown = unseen.length === 0;
  const allowed = preview.items.filter((item) => item.result === "allowed").map((item) => item.task);
  const left = act.without(allowed);
  const begun = act.items.length > 0;
  const done = begun && left.length === 0;
  const busy = preview.busy || act.busy;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!to || !body.reason) return;
    if (shown) void act.run({ ...body, tasks: left });
    else void preview.run({ ...body, tasks: unseen, dry_run: true });
  };
  const choose = (id: string) => {
    preview.reset(); // it was about somebody else
    setTo(id);
  };
  const back = () => {
    preview.reset();
    act.reset();
  };
  const close = () => {
    if (busy) return;
    if (begun) onDone(left);
    else onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("many.title", { count: mine.length })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("common:action.close"), disabled: busy }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {!shown && (
            <>
              <PersonPicker label={t("to")} value={to} onChange={choose} error={asked && !to ? t("toRequired") : undefined} />
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
          {begun && <Preview items={act.items} done />}
          {shown && !done && <Preview items={preview.items.filter(({ task }) => !begun || left.includes(task))} done={false} />}
          {preview.command.standing !== "recorded" && <StandingNote command={preview.command} />}
          {act.command.standing !== "recorded" && <StandingNote command={act.command} />}
          <Group justify="end" gap="xs">
            {!done && (
              <Button variant="default" onClick={shown && !begun ? back : close} disabled={act.busy}>
                {t(begun ? "common:action.close" : shown ? "common:action.back" : "common:action.cancel")}
              </Button>
            )}
            {done ? (
              <Button onClick={close}>{t("common:action.close")}</Button>
            ) : (
              <Button type="submit" loading={busy} disabled={shown && allowed.length === 0}>
                {shown ? t("many.act", { count: left.length }) : t("many.preview")}
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
