// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useMemo, useRef, useState } from "react";
import { unsettled } from "~/api/command";
import { useRecordChange } from "~/api/recordcommands";
import type { FieldCorrection, Receipt, Record as RecordBody } from "~/api/types.gen";
import type { Data } from "~/forms/definition";
import { FieldInput } from "~/forms/FieldInput";
import { type TakeFile, useFilling } from "~/forms/filling";
import { isObject } from "~/forms/value";
import { useTranslation } from "~/i18n/texts";
import { useTakeFile } from "~/ui/takefile";
import { CommandNote, type Sight } from "./CommandNote";
import classes from "./CorrectDialog.module.css";
import { useParts } from "./DataPart";
import { type Correctable, correctables, formOfOne, valueField } from "./fields";
import { useForms } from "./forms";
import { Value } from "./Value";
import { useWords } from "./words";

interface CorrectDialogProps {
  record: RecordBody;
  sight: Sight;
  onClose: () => void;
  onRecorded: (receipt: Receipt) => void;
}

// One change as it is put together; take gives what is to be sent, or shows what is missing.
interface Line {
  key: number;
  take: () => FieldCorrection | undefined;
}

const nothing = () => undefined;

/** CorrectDialog puts submitted values right: each with its field's own input, and a reason of its own. The old value stays readable. */
export function CorrectDialog({ record, sight, onClose, onRecorded }: CorrectDialogProps) {
  const { t } = useTranslation(["records", "common"]);
  const words = useWords();
  const steps = useParts(record);
  const { forms, pending } = useForms(record.type, steps);
  const groups = useMemo(
    () =>
      steps.flatMap((step) => {
        const form = forms[step];
        const data = record.data[step];
        const submitted = record.steps.findLast((s) => s.step === step)?.state === "done";
        return form && isObject(data) && submitted ? [{ step, items: correctables(step, form, data as Data) }] : [];
      }),
    [steps, forms, record],
  );
  const next = useRef(1);
  const [lines, setLines] = useState<Line[]>([{ key: 0, take: nothing }]);
  const command = useRecordChange(record.id, "correct", sight.seen.etag, { onRecorded });
  const takeFile = useTakeFile(record.id, sight.seen.etag, (attached) => sight.seen.made(attached.etag));
  const stays = unsettled(command);
  const close = () => {
    if (!stays) onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const changes = lines.map((line) => line.take());
    if (changes.every((change) => change !== undefined)) void command.run({ changes });
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("command.correct.title")}
      closeButtonProps={{ "aria-label": t("common:action.close"), disabled: stays }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t("command.correct.text")}</Text>
          <Stack gap="md" inert={stays}>
            {lines.map((line, i) => (
              <fieldset key={line.key} className={classes.line}>
                <legend className={classes.legend}>
                  {t("command.correct.change", { n: i + 1 })}
                  {lines.length > 1 && (
                    <ActionIcon
                      aria-label={t("command.correct.drop", { n: i + 1 })}
                      onClick={() => setLines(lines.filter((other) => other !== line))}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  )}
                </legend>
                <Change
                  groups={groups.map(({ step, items }) => ({ title: words.step(record.type, step), items }))}
                  pending={pending}
                  zone={record.site.zone}
                  takeFile={takeFile}
                  onTake={(take) => {
                    line.take = take;
                  }}
                />
              </fieldset>
            ))}
            <Button
              variant="subtle"
              w="fit-content"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setLines([...lines, { key: next.current++, take: nothing }])}
            >
              {t("command.correct.another")}
            </Button>
          </Stack>
          <CommandNote command={command} sight={sight} />
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={close} disabled={stays}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={command.busy}>
              {t("command.correct.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ChangeProps {
  groups: { title: string; items: Correctable[] }[];
  pending: boolean;
  zone: string | undefined;
  takeFile: TakeFile;
  onTake: (take: Line["take"]) => void;
}

function Change({ groups, pending, zone, takeFile, onTake }: ChangeProps) {
  const { t } = useTranslation(["records", "common"]);
  const [path, setPath] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const chosen = groups.flatMap((group) => group.items).find((item) => item.path === path);
  if (!chosen) {
    onTake(() => {
      setAsked(true);
      return undefined;
    });
  }
  return (
    <Stack gap="sm">
      <Select
        label={t("command.correct.field")}
        withAsterisk
        searchable
        disabled={pending}
        maxDropdownHeight={320}
        placeholder={t("command.correct.choose")}
        nothingFoundMessage={t("common:palette.nothing")}
        error={asked && !chosen ? t("command.correct.choose") : undefined}
        value={path}
        data={groups.map(({ title, items }) => ({ group: title, items: items.map(({ path, label }) => ({ value: path, label })) }))}
        onChange={setPath}
      />
      {chosen && <NewValue key={chosen.path} chosen={chosen} zone={zone} takeFile={takeFile} onTake={onTake} />}
    </Stack>
  );
}

function NewValue({ chosen, zone, takeFile, onTake }: { chosen: Correctable } & Pick<ChangeProps, "zone" | "takeFile" | "onTake">) {
  const { t } = useTranslation(["records", "common"]);
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const form = useMemo(() => formOfOne(chosen.field, t("command.correct.new")), [chosen.field, t]);
  const data = useMemo(() => ({ [valueField]: chosen.value ?? null }), [chosen.value]);
  const filling = useFilling({ form, data, zone, takeFile });
  const field = form.pages[0]?.sections[0]?.fields[0];
  onTake(() => {
    setAsked(true);
    const filled = filling.complete();
    if (!filled || reason.trim() === "") return undefined;
    return { field: chosen.path, to: filled[valueField] ?? null, reason: reason.trim() };
  });
  return (
    <>
      <div>
        <Text size="sm" c="dimmed">
          {t("command.correct.old")}
        </Text>
        <Value field={chosen.field} value={chosen.value} zone={zone} />
      </div>
      {field && <FieldInput filling={filling} field={field} path={valueField} name={valueField} required={false} />}
      <Textarea
        label={t("common:reason.label")}
        required
        autosize
        minRows={2}
        maxLength={10_000}
        value={reason}
        error={asked && reason.trim() === "" ? t("common:reason.required") : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </>
  );
}
