// SPDX-License-Identifier: Apache-2.0
// The offer of a new version of the page.

import { signal } from "@preact/signals";

export const updateReady = signal(false);

let accept: (() => void) | null = null;

export function offerUpdate(taken: () => void): void {
  accept = taken;
  updateReady.value = true;
}

/** Goes over to the new version, and draws the page with it. */
export function takeUpdate(): void {
  if (!accept) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  accept();
}
