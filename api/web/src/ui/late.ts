// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

/** NotLoaded is a file of the app that did not come: a part of a page, or its words. There may be a new version that has it no longer. */
export class NotLoaded extends Error {
  override name = "NotLoaded";
}

/**
 * How long files that do not come are tried for, in ms: the pauses before each further attempt, and for how long a failure is told to
 * everybody who asks. React asks more than once before it shows an error; who asks later than that begins anew.
 */
export const trying = { code: [1_000], texts: [500, 1_000, 2_000], told: 1_000 };

/** again makes an attempt, and further ones after a pause each. What it throws in the end is NotLoaded. */
export async function again<T>(attempt: () => Promise<T>, pauses: readonly number[]): Promise<T> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (cause) {
      if (cause instanceof NotLoaded) throw cause; // it was tried often enough
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  try {
    return await attempt();
  } catch (cause) {
    throw cause instanceof NotLoaded ? cause : new NotLoaded(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
