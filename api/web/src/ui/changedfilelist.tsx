// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { ChangedFile } from "./changedfiles";
import { Hash } from "./hash";

/** ChangedFileList is what was attached, and what was taken off struck through. */
export function ChangedFileList({ files }: { files: readonly ChangedFile[] }) {
  return files.map(({ name, sha256, removed }) => (
    <div key={`${sha256}${removed}`}>
      {removed ? (
        <del>
          <bdi>{name}</bdi>
        </del>
      ) : (
        <bdi>{name}</bdi>
      )}{" "}
      <Hash value={sha256} short />
    </div>
  ));
}
