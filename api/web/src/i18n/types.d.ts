// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import "i18next";
import type account from "./en/account.json";
import type admin from "./en/admin.json";
import type board from "./en/board.json";
import type common from "./en/common.json";
import type files from "./en/files.json";
import type forms from "./en/forms.json";
import type inbox from "./en/inbox.json";
import type notices from "./en/notices.json";
import type records from "./en/records.json";
import type signing from "./en/signing.json";
import type task from "./en/task.json";

// Keys are checked by the compiler. A new namespace is one more line here.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      account: typeof account;
      admin: typeof admin;
      board: typeof board;
      common: typeof common;
      files: typeof files;
      forms: typeof forms;
      inbox: typeof inbox;
      notices: typeof notices;
      records: typeof records;
      signing: typeof signing;
      task: typeof task;
    };
  }
}
