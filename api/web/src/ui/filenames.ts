// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { maxFile, mediaTypes } from "~/api/files";

// What a file may be called and be, so that it is said before anything is sent: models/file.go, which has the last word.

const maxName = 255;
const misleading = /[/\\:\p{Cc}\p{Bidi_Control}\uFFFD]/u;

/** Why a file or its name is not taken. The words are those of i18n/files.json: wrong.<reason>. */
export type Wrong = "kind" | "size" | "empty" | "blank" | "length" | "character" | "ending" | "twice";

const endingOf = (name: string) => /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? "";

/** mediaTypeOf is what a file is by its ending: what a browser says of it depends on what is installed beside it. */
export const mediaTypeOf = (name: string): string | undefined => mediaTypes[endingOf(name)];

/** wrongFile says why a file need not be sent at all. */
export function wrongFile(file: Pick<File, "name" | "size">): Wrong | undefined {
  if (!mediaTypeOf(file.name)) return "kind";
  if (file.size === 0) return "empty";
  return file.size > maxFile ? "size" : undefined;
}

/** wrongName says why a file cannot be attached under a name. mediaType is what it was sent as. */
export function wrongName(name: string, mediaType: string): Wrong | undefined {
  if (name === "" || name !== name.trim() || name.startsWith(".")) return "blank";
  if ([...name].length > maxName) return "length";
  if (misleading.test(name)) return "character";
  return mediaTypeOf(name) === mediaType ? undefined : "ending";
}

/** cleanName is the name to begin with: that of the file, without what no name may have. */
export function cleanName(name: string): string {
  const ending = endingOf(name);
  const stem = (ending === "" ? name : name.slice(0, -ending.length - 1))
    .replace(new RegExp(misleading, "gu"), "-")
    .replace(/^[\s.]+|\s+$/g, "");
  const room = maxName - ending.length - 1;
  return `${[...(stem === "" ? "-" : stem)].slice(0, room).join("")}.${ending}`;
}

/** photoName is what a photo is called: a phone calls them all the same. */
export function photoName(name: string, at = new Date()): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}.${endingOf(name)}`;
}

/** kindOf is what people call a media type. */
export const kindOf = (mediaType: string): string =>
  (Object.entries(mediaTypes).find(([, media]) => media === mediaType)?.[0] ?? mediaType).toUpperCase();

const units = ["byte", "kilobyte", "megabyte"] as const;
const step = 1024; // bytes in what computers call a kilobyte

/** sizeText is a number of bytes as people read it, in the digits that the server writes. */
export function sizeText(bytes: number, language: string): string {
  const power = bytes < step ? 0 : bytes < step * step ? 1 : 2;
  const unitDisplay = power === 0 ? "long" : "short"; // 43 bytes, 43 kB
  const options = { style: "unit", unit: units[power], unitDisplay, maximumFractionDigits: power === 2 ? 1 : 0 } as const;
  return new Intl.NumberFormat(`${language}-u-nu-latn`, options).format(bytes / step ** power);
}
