// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Where a value stands in data, as both the server's path and its JSON Pointer.

const maxShownKey = 64;
const fieldID = /^[a-z][a-z0-9_]{0,63}$/;

export type Place = readonly (string | number)[];

/** path is like batches[2].lot; a key that is no field id is quoted: ["a b"]. */
export function path(place: Place): string {
  let text = "";
  for (const step of place) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!fieldID.test(step)) text += `[${quote(clip(step))}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** pointer is the JSON Pointer (RFC 6901). */
export function pointer(place: Place): string {
  return place.map((step) => `/${typeof step === "number" ? step : escapePointer(clip(step))}`).join("");
}

const escapePointer = (key: string) => key.replace(/~/g, "~0").replace(/\//g, "~1").replaceAll("\0", "\uFFFD");

const clip = (text: string) => [...text].slice(0, maxShownKey).join("");

// As Go quotes JSON.
const quote = (text: string) =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** steps reads a path or a pointer back: the name by which react-hook-form knows the field. */
export function fieldName(pathText: string): string {
  return pathText.replace(/\[(\d+)\]/g, ".$1");
}
