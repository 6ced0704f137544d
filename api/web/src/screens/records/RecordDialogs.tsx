// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useComment, useLink, useRecordChange } from "~/api/recordcommands";
import { typesQuery } from "~/api/records";
import type { Receipt, Record as RecordBody } from "~/api/types.gen";
import { RecordInput } from "~/forms/pickers";
import { instantAt, wallOf } from "~/forms/zone";
import { useTranslation } from "~/i18n/texts";
import { hereZone } from "~/ui/instant";
import { ReasonDialog } from "~/ui/reason";
import type { Act } from "./acts";
import { CommandNote, type Sight } from "./CommandNote";
import { CorrectDialog } from "./CorrectDialog";
import { useClasses } from "./forms";
import { useWords } from "./words";

interface DialogProps {
  record: RecordBody;
  sight: Sight;
  onClose: () => void;
}

/** RecordDialogs asks what an act needs, and why. What was typed stays when it is refused. */
export default function RecordDialogs({ act, ...props }: DialogProps & { act: Act }) {
  switch (act) {
    case "comment":
      return <CommentDialog {...props} />;
    case "link":
      return <LinkDialog {...props} />;
    case "correct":
      return <Correcting {...props} />;
    case "reclassify":
      return <ReclassifyDialog {...props} />;
    case "extend":
      return <ExtendDialog {...props} />;
    case "resume":
      return <ResumeDialog {...props} />;
    default:
      return <WhyDialog act={act} {...props} />;
  }
}

// useTold closes the dialog and says in passing that it is recorded: the page below shows it.
function useTold(act: Act, { sight, onClose }: DialogProps) {
  const { t } = useTranslation(["records", "common"]);
  return ({ version }: Receipt) => {
    if (version) sight.seen.made(`"${version}"`);
    notifications.show({ message: `${t(`command.${act}.title`)}: ${t("common:state.recorded")}`, withCloseButton: true });
    onClose();
  };
}

function Correcting(props: DialogProps) {
  return <CorrectDialog {...props} onRecorded={useTold("correct", props)} />;
}

function WhyDialog({ act, ...props }: DialogProps & { act: "hold" | "cancel" | "reopen" }) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const command = useRecordChange(record.id, act, sight.seen.etag, { onRecorded: useTold(act, props) });
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={t(`command.${act}.title`)}
      text={t(`command.${act}.text`)}
      action={t(`command.${act}.action`)}
      destructive={act === "cancel"}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onReason={(reason) => void command.run({ reason })}
    />
  );
}

function ReclassifyDialog(props: DialogProps) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const words = useWords();
  const type = useQuery(typesQuery).data?.filter((other) => other.name === record.type) ?? [];
  const names = useClasses(type).filter((name) => name !== record.class);
  const [name, setName] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const command = useRecordChange(record.id, "reclassify", sight.seen.etag, { onRecorded: useTold("reclassify", props) });
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={t("command.reclassify.title")}
      text={t("command.reclassify.text", { class: words.className(record.class) })}
      action={t("command.reclassify.action")}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onReason={(reason) => {
        setAsked(true);
        if (name !== null) void command.run({ class: name, reason });
      }}
    >
      <Select
        label={t("command.reclassify.class")}
        required
        value={name}
        data={names.map((value) => ({ value, label: words.className(value) }))}
        error={asked && name === null ? t("command.reclassify.choose") : undefined}
        onChange={setName}
      />
    </ReasonDialog>
  );
}

function ExtendDialog(props: DialogProps) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const zone = record.site.zone ?? hereZone();
  const [wall, setWall] = useState(() => wallOf(record.due_at, zone));
  const command = useRecordChange(record.id, "extend", sight.seen.etag, { onRecorded: useTold("extend", props) });
  const due = instantAt(wall, zone);
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={t("command.extend.title")}
      text={t("command.extend.text")}
      action={t("command.extend.action")}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onReason={(reason) => {
        if (due !== null) void command.run({ due_at: due, reason });
      }}
    >
      <TextInput
        type="datetime-local"
        required
        label={t("command.extend.due")}
        description={t("command.extend.zone", { zone })}
        value={wall}
        onChange={(event) => setWall(event.currentTarget.value)}
      />
    </ReasonDialog>
  );
}

/** Ask is a dialog that needs no reason. */
function Ask({
  title,
  text,
  action,
  busy,
  unknown,
  note,
  onClose,
  onSend,
  children,
}: {
  title: string;
  text?: string;
  action: string;
  busy: boolean;
  unknown: boolean;
  note: ReactNode;
  onClose: () => void;
  onSend: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const stays = busy || unknown;
  const close = () => {
    if (!stays) onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": t("action.close"), disabled: stays }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {text && <Text size="sm">{text}</Text>}
          {children && (
            <Stack gap="sm" inert={stays}>
              {children}
            </Stack>
          )}
          {note}
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={close} disabled={stays}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function ResumeDialog(props: DialogProps) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const command = useRecordChange(record.id, "resume", sight.seen.etag, { onRecorded: useTold("resume", props) });
  return (
    <Ask
      title={t("command.resume.title")}
      text={t("command.resume.text")}
      action={t("command.resume.action")}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onClose={onClose}
      onSend={() => void command.run(undefined)}
    />
  );
}

function CommentDialog(props: DialogProps) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const [text, setText] = useState("");
  const command = useComment(record.id, { onRecorded: useTold("comment", props) });
  return (
    <Ask
      title={t("command.comment.title")}
      text={t("command.comment.text")}
      action={t("command.comment.action")}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onClose={onClose}
      onSend={() => {
        if (text.trim() !== "") void command.run({ text: text.trim() });
      }}
    >
      <Textarea
        data-autofocus
        required
        autosize
        minRows={3}
        maxRows={12}
        maxLength={10_000}
        label={t("command.comment.label")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </Ask>
  );
}

const kinds = ["causes", "corrects", "supersedes", "evidence_for", "repeats"];

function LinkDialog(props: DialogProps) {
  const { record, sight, onClose } = props;
  const { t } = useTranslation("records");
  const words = useWords();
  const [to, setTo] = useState("");
  const [kind, setKind] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const command = useLink(record.id, { onRecorded: useTold("link", props) });
  const missing = (given: boolean) => (asked && !given ? t("command.link.choose") : undefined);
  return (
    <Ask
      title={t("command.link.title")}
      text={t("command.link.text")}
      action={t("command.link.action")}
      busy={command.busy}
      unknown={command.standing === "unknown"}
      note={<CommandNote command={command} sight={sight} />}
      onClose={onClose}
      onSend={() => {
        setAsked(true);
        if (to !== "" && kind !== null) void command.run({ to, kind });
      }}
    >
      <Select
        label={t("command.link.kind")}
        withAsterisk
        value={kind}
        data={kinds.map((value) => ({ value, label: words.linkKind(value) }))}
        error={missing(kind !== null)}
        onChange={setKind}
      />
      <RecordInput
        common={{ id: "link-to", label: t("command.link.to"), required: true, readOnly: false, disabled: false, error: missing(to !== "") }}
        value={to}
        set={(next) => setTo(typeof next === "string" ? next : "")}
      />
    </Ask>
  );
}
