// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Receipt, Task } from "~/api/tasks";

/** Decided is what was just recorded: the receipt stays until it is put away, also while the next task is open. */
export interface Decided {
  task: Task;
  receipt: Receipt;
  outcome: string;
}
