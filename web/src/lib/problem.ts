// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words to show: the server's own, or that it did not answer.

let unanswered = "the server did not answer";

/** In the language of the page. */
export function setUnanswered(words: string): void {
  unanswered = words;
}

/** A browser tells a request that got no answer as a TypeError, whose words are its maker's. */
export function problemText(error: unknown): string {
  if (error instanceof TypeError) return unanswered;
  return error instanceof Error ? error.message : String(error);
}
