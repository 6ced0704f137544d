// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";

/** What passes by at the edge of the page: never the only place where something is said. */
export default function PassingNotes() {
  return <Notifications position="bottom-right" />;
}
