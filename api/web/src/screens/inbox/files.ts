// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

/** NamedFile is a file as a form records it: its name and the SHA-256 of its bytes. */
export interface NamedFile {
  name: string;
  sha256: string;
}

/** filesIn finds the files that data names, wherever they stand, each once. */
export function filesIn(data: unknown): NamedFile[] {
  const found = new Map<string, NamedFile>();
  const look = (value: unknown) => {
    if (Array.isArray(value)) {
      value.forEach(look);
    } else if (typeof value === "object" && value !== null) {
      if ("sha256" in value && "name" in value && typeof value.sha256 === "string" && typeof value.name === "string") {
        found.set(value.sha256 + value.name, { name: value.name, sha256: value.sha256 });
      } else {
        Object.values(value).forEach(look);
      }
    }
  };
  look(data);
  return [...found.values()];
}
