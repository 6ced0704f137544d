// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Popover } from "@mantine/core";
import { type ReactNode, Suspense } from "react";

interface DropProps {
  open: boolean;
  button: ReactNode;
  onOpen: (open: boolean) => void;
  children: ReactNode;
}

/** Drop is a panel below its button. It and what it holds are loaded when it is first opened. */
export default function Drop({ open, button, onOpen, children }: DropProps) {
  return (
    <Popover opened={open} onChange={onOpen} position="bottom-end" shadow="sm" width={280} trapFocus returnFocus>
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown>
        <Suspense>{open && children}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
