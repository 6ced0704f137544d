// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

/** queries holds what the server said. Nothing of it is kept beyond the page. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      // client.ts finds out by itself whether the server answers: what was not sent is never said to be on its way.
      networkMode: "always",
      refetchOnReconnect: true,
      // What is refused stays refused; what did not answer is asked again.
      retry: (count, cause) => asProblem(cause).unknown && count < 3,
      throwOnError: false,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
