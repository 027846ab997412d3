// SPDX-License-Identifier: Apache-2.0
// The worker that keeps the shell, and the word that a new version of the page is there.

import { onCurrent } from "./connection";
import { offerUpdate } from "./update";
import { workerHindrance } from "../lib/worker-hindrance";

const lookEveryMs = 3_600_000;

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    const { waiting } = registration;
    offerUpdate(() => waiting.postMessage("take over"));
  };
  look();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  const ask = (): void => void registration.update().catch(() => undefined);
  setInterval(ask, lookEveryMs);
  // A server that was restarted may be another version.
  onCurrent((broken) => {
    if (broken) ask();
  });
}

export async function startWorker(): Promise<void> {
  if (workerHindrance() !== null) return;
  watch(await navigator.serviceWorker.register("/sw.js"));
}
