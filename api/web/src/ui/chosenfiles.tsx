// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { ActionIcon, Button, Progress, TextInput, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { maxFile } from "~/api/files";
import { useTranslation } from "~/i18n/texts";
import classes from "./filedrop.module.css";
import { sizeText } from "./filenames";
import type { Chosen, Uploads } from "./uploads";

/** Refused is what the server said of files that were to be attached, by their ids: of the name, and of the file. */
export interface Refused {
  readonly [id: string]: { name?: string | undefined; text?: string | undefined };
}

interface ChosenFilesProps {
  uploads: Uploads;
  disabled?: boolean;
  refused?: Refused;
}

/** ChosenFiles lists what was chosen: how much of it is sent, under what name it will be attached, and what is wrong with it. */
export function ChosenFiles({ uploads, disabled = false, refused = {} }: ChosenFilesProps) {
  const { t } = useTranslation("files");
  const { chosen } = uploads;
  const count = (state: Chosen["state"]) => chosen.filter((one) => one.state === state).length;
  const news = [
    count("here") > 0 && t("news.here", { count: count("here") }),
    count("failed") > 0 && t("news.failed", { count: count("failed") }),
  ].filter(Boolean);
  return (
    <>
      {chosen.length > 0 && (
        <ul className={classes.list} aria-label={t("chosen")}>
          {chosen.map((one) => (
            <ChosenFile key={one.id} one={one} uploads={uploads} disabled={disabled} refused={refused[one.id]} />
          ))}
        </ul>
      )}
      <VisuallyHidden role="status">{uploads.sending ? "" : news.join(". ")}</VisuallyHidden>
    </>
  );
}

interface ChosenFileProps {
  one: Chosen;
  uploads: Uploads;
  disabled: boolean;
  refused: Refused[string] | undefined;
}

function ChosenFile({ one, uploads, disabled, refused }: ChosenFileProps) {
  const { t, i18n } = useTranslation("files");
  const limit = { size: sizeText(maxFile, i18n.language) };
  const wrong = one.wrong ? undefined : uploads.wrongNameOf(one);
  const ours = one.wrong ?? (one.problem && ofStatus[one.problem.status]);
  const moving = one.state === "sending" || one.state === "waiting";
  return (
    <li className={classes.row}>
      <TextInput
        aria-label={t("name")}
        dir="auto"
        value={one.name}
        readOnly={disabled || one.wrong !== undefined}
        maxLength={255}
        error={wrong ? t(`wrong.${wrong}`, limit) : refused?.name}
        onChange={(event) => uploads.rename(one.id, event.currentTarget.value)}
      />
      <div className={classes.state}>
        <Standing one={one} />
        {one.state === "sending" && (
          <Progress.Root size="sm">
            <Progress.Section value={partOf(one) * 100} aria-label={t("progress", { name: one.name })} />
          </Progress.Root>
        )}
        {one.problem && !ours && (
          <span className={classes.bad} dir="auto">
            {one.problem.unknown ? t("offline") : one.problem.detail}
          </span>
        )}
        {ours && <span className={classes.bad}>{t(`wrong.${ours}`, limit)}</span>}
        {refused?.text && (
          <span className={classes.bad} dir="auto">
            {refused.text}
          </span>
        )}
        {((one.problem && !ours) || refused?.text) && (
          <Button size="compact-xs" variant="default" w="fit-content" disabled={disabled} onClick={() => uploads.again(one.id)}>
            {t("again")}
          </Button>
        )}
      </div>
      <div className={classes.drops}>
        <ActionIcon
          aria-label={t(moving ? "cancel" : "remove", { name: one.name })}
          disabled={disabled}
          onClick={() => uploads.drop(one.id)}
        >
          <IconX size={16} />
        </ActionIcon>
      </div>
    </li>
  );
}

// What no second attempt changes.
const ofStatus: { readonly [status: number]: "size" | "content" } = { 413: "size", 415: "content" };

const partOf = (one: Chosen) => Math.min(one.sent / one.file.size, 1);

function Standing({ one }: { one: Chosen }) {
  const { t, i18n } = useTranslation("files");
  const text =
    one.state === "sending"
      ? t(partOf(one) < 1 ? "is.sending" : "is.checking", { percent: Math.floor(partOf(one) * 100) })
      : t(`is.${one.state}`);
  return (
    <span className={classes.standing}>
      {one.state === "here" && <IconCheck size={14} className={classes.good} aria-hidden />}
      {one.state === "failed" && <IconAlertTriangle size={14} className={classes.bad} aria-hidden />}
      <span>
        {text} · {sizeText(one.file.size, i18n.language)}
      </span>
    </span>
  );
}
