// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import type { Offered, Receipt, Task } from "~/api/tasks";

/** Decided is what was just recorded: the receipt stays until it is put away, also while the next task is open. */
export interface Decided {
  task: Task;
  receipt: Receipt;
  outcome: string;
}

/** verdictsOf are the two verdicts that have keys: the first that leads on, and the first that gives the task back or refuses. */
export function verdictsOf({ outcomes }: Pick<Task, "outcomes">): { yes: Offered | undefined; no: Offered | undefined } {
  const against = ({ leads }: Offered) => leads === "back" || leads === "refused";
  return { yes: outcomes.find((one) => !against(one)), no: outcomes.find(against) };
}
