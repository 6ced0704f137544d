// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconBellPause, IconUserShare, IconUsers } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { holds, useMe } from "~/api/me";
import { type Task, useFollowUp, useHandover, useRelease } from "~/api/tasks";
import { instantAt, wallOf } from "~/forms/zone";
import { useTranslation } from "~/i18n/texts";
import { useShortcuts } from "~/shell/shortcuts";
import { hereZone } from "~/ui/instant";
import { ReasonDialog } from "~/ui/reason";
import { StandingNote } from "~/ui/standing";
import { PersonPicker } from "./PersonPicker";
import classes from "./Task.module.css";

/** TaskActions is what can be done with a task beside deciding it: give it back, let somebody else do it, put it off. */
export function TaskActions({ task, held }: { task: Task; held: boolean }) {
  const { t } = useTranslation("task");
  const me = useMe();
  const [open, setOpen] = useState<"delegate" | "reassign" | "follow">();
  const release = useRelease(task.id);
  const manages = holds(me, "manager", "area_head", "quality_head");
  const mine = held || task.owner?.id === me.id;
  const close = () => setOpen(undefined);
  useShortcuts([
    ...(held ? [{ keys: "d", label: t("delegate"), run: () => setOpen("delegate") }] : []),
    ...(held ? [{ keys: "f", label: t("followUp.action"), run: () => setOpen("follow") }] : []),
  ]);
  if (task.state !== "open" || (!mine && !manages)) return null;
  return (
    <div className={classes.actions}>
      <Group gap="xs">
        {held && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconUserShare size={14} aria-hidden />}
            onClick={() => setOpen("delegate")}
            aria-keyshortcuts="d"
          >
            {t("delegate")}
          </Button>
        )}
        {held && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconBellPause size={14} aria-hidden />}
            onClick={() => setOpen("follow")}
            aria-keyshortcuts="f"
          >
            {t("followUp.action")}
          </Button>
        )}
        {task.assignee && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            loading={release.busy}
            onClick={() => void release.run()}
          >
            {t(held && task.owner && task.owner.id !== me.id ? "giveBack" : !held && task.owner?.id === me.id ? "takeBack" : "release")}
          </Button>
        )}
        {manages && (
          <Button size="compact-sm" variant="default" leftSection={<IconUsers size={14} aria-hidden />} onClick={() => setOpen("reassign")}>
            {t("reassign")}
          </Button>
        )}
      </Group>
      {release.standing !== "recorded" && <StandingNote command={release} />}
      {(open === "delegate" || open === "reassign") && <HandoverDialog task={task} verb={open} onClose={close} />}
      {open === "follow" && <FollowUpDialog task={task} onClose={close} />}
    </div>
  );
}

function HandoverDialog({ task, verb, onClose }: { task: Task; verb: "delegate" | "reassign"; onClose: () => void }) {
  const { t } = useTranslation("task");
  const [to, setTo] = useState("");
  const [asked, setAsked] = useState(false);
  const handover = useHandover(task.id, verb, { onRecorded: onClose });
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={t(`${verb}Title`)}
      text={t(`${verb}Text`)}
      action={t(verb === "delegate" ? "delegateAction" : "reassignAction")}
      busy={handover.busy}
      note={<StandingNote command={handover} />}
      onReason={(reason) => {
        setAsked(true);
        if (to) void handover.run({ to, reason });
      }}
    >
      <PersonPicker label={t("to")} value={to} onChange={setTo} error={asked && !to ? t("toRequired") : undefined} />
    </ReasonDialog>
  );
}

const hours = 3_600_000;

function FollowUpDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation(["task", "common"]);
  const zone = task.site.zone ?? hereZone();
  const followUp = useFollowUp(task.id, { onRecorded: onClose });
  const morning = (days: number) => `${wallOf(new Date(Date.now() + days * 24 * hours).toISOString(), zone).slice(0, 10)}T08:00`;
  const [wall, setWall] = useState(task.follow_up_at ? wallOf(task.follow_up_at, zone).slice(0, 16) : morning(1));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const at = instantAt(wall, zone);
    if (at) void followUp.run({ at });
  };
  return (
    <Modal opened onClose={onClose} title={t("followUp.title")} closeButtonProps={{ "aria-label": t("common:action.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t("followUp.text")}</Text>
          <Select
            label={t("followUp.when")}
            data={[
              { value: morning(1), label: t("followUp.tomorrow") },
              { value: morning(3), label: t("followUp.days", { count: 3 }) },
              { value: morning(7), label: t("followUp.week") },
            ]}
            value={wall}
            onChange={(next) => next && setWall(next)}
            placeholder={t("followUp.other")}
          />
          <TextInput
            type="datetime-local"
            label={t("followUp.at")}
            description={zone}
            value={wall}
            onChange={(event) => setWall(event.currentTarget.value)}
            required
          />
          <StandingNote command={followUp} />
          <Group justify="end" gap="xs">
            {task.follow_up_at && (
              <Button variant="default" loading={followUp.busy} onClick={() => void followUp.run({ at: null })}>
                {t("followUp.clear")}
              </Button>
            )}
            <Button type="submit" loading={followUp.busy} data-autofocus>
              {t("followUp.set")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
