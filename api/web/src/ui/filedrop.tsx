// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCamera, IconPaperclip } from "@tabler/icons-react";
import { type DragEvent, useEffect, useId, useRef, useState } from "react";
import { maxFile, mediaTypes } from "~/api/files";
import { useTranslation } from "~/i18n/texts";
import classes from "./filedrop.module.css";
import { photoName, sizeText } from "./filenames";

interface FileDropProps {
  onFiles: (files: File[]) => void;
  disabled?: boolean;
  /** Of the button, where a label or a problem leads to it. */
  id?: string;
  /** What else is said of it, by id. */
  describedBy?: string;
}

const endings = Object.keys(mediaTypes)
  .map((ending) => `.${ending}`)
  .join(",");
const pictures = Object.values(mediaTypes)
  .filter((media) => media.startsWith("image/"))
  .join(",");

/** FileDrop is where files are chosen: with its button, by dropping them, and on a phone with the camera. */
export function FileDrop({ onFiles, disabled = false, id, describedBy }: FileDropProps) {
  const { t, i18n } = useTranslation("files");
  const [over, setOver] = useState(false);
  const hint = useId();
  const phone = useMediaQuery("(pointer: coarse)", false, { getInitialValueInEffect: false });
  useNoAccidents();

  const drag = (event: DragEvent) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = (event: DragEvent) => {
    if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) take([...event.dataTransfer.files]);
  };
  const take = (files: File[]) => {
    if (files.length > 0) onFiles(files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way more; the buttons are the way of the keyboard
    <div className={classes.drop} data-over={over || undefined} onDragEnter={drag} onDragOver={drag} onDragLeave={leave} onDrop={drop}>
      <div className={classes.ways}>
        {!phone && <span className={classes.words}>{t(over ? "letGo" : "drop")}</span>}
        <Picker
          id={id}
          label={t("choose")}
          icon={IconPaperclip}
          accept={endings}
          multiple
          disabled={disabled}
          describedBy={describedBy ? `${describedBy} ${hint}` : hint}
          onFiles={take}
        />
        {phone && (
          <Picker
            label={t("photo")}
            icon={IconCamera}
            accept={pictures}
            capture="environment"
            disabled={disabled}
            describedBy={hint}
            onFiles={(files) => take(files.map((file) => new File([file], photoName(file.name), { type: file.type })))}
          />
        )}
      </div>
      <span id={hint} className={classes.hint}>
        {t("kinds", { size: sizeText(maxFile, i18n.language) })}
      </span>
    </div>
  );
}

interface PickerProps {
  id?: string | undefined;
  label: string;
  icon: typeof IconCamera;
  accept: string;
  multiple?: boolean;
  capture?: "environment";
  disabled: boolean;
  describedBy: string;
  onFiles: (files: File[]) => void;
}

// The browser's own field cannot be told what to say: a button stands for it.
function Picker({ id, label, icon: Icon, describedBy, disabled, onFiles, ...field }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        id={id}
        variant="default"
        leftSection={<Icon size={16} aria-hidden />}
        aria-describedby={describedBy}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        {...field}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ""; // the same file can be chosen again
        }}
      />
    </>
  );
}

// A file that is let go beside the field would otherwise be opened in place of the page, with all that was typed.
function useNoAccidents() {
  useEffect(() => {
    const keep = (event: globalThis.DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    window.addEventListener("dragover", keep);
    window.addEventListener("drop", keep);
    return () => {
      window.removeEventListener("dragover", keep);
      window.removeEventListener("drop", keep);
    };
  }, []);
}
