// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from "@tanstack/react-query";
import type { FormDefinition } from "~/forms/definition";
import { get, url } from "./client";

/** formQuery is a form as it is now. A task carries its own. */
export const formQuery = (id: string) =>
  queryOptions({
    queryKey: ["forms", id],
    queryFn: ({ signal }) => get<FormDefinition>(url("/v1/forms/{id}", { id }), signal),
    staleTime: 10 * 60_000,
  });
