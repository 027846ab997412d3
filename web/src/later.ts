// SPDX-License-Identifier: Apache-2.0
// What the first drawing does not wait for: keys, the wall, the worker, and what is kept of this visit.

import { effect } from "@preact/signals";
import { isCurrent, onCurrent } from "./state/connection";
import { linked } from "./state/link";
import { openSnapshot, startSnapshots } from "./state/snapshot";
import { startResting } from "./state/unseen";
import { startWorker } from "./state/version";
import { startKeys } from "./views/keys";
import { fetchPalette } from "./views/shell";
import { route } from "./views/router";

/** Nobody prints a page or presses a key for the palette sooner; later both are there at once. */
const idleAfterMs = 2000;

/** What people pinned may be another since the last visit, or since the connection was lost. */
function freshPins(): void {
  void import("./views/overview/fresh-pins").then((m) => m.freshPins()).catch(() => undefined);
}

export function startLater(): void {
  effect(() => {
    if (route.value.query.get("wall") === "1") void import("./views/wall").then((m) => m.startWall());
  });
  void startWorker().catch(() => undefined);
  // What a link shows is kept by nobody, and no key leads anywhere from it.
  if (linked()) return;
  onCurrent(freshPins);
  if (isCurrent()) freshPins();
  startSnapshots();
  void openSnapshot().catch(() => undefined);
  startKeys();
  startResting();
  setTimeout(() => {
    void import("./views/print").then((m) => m.startPrint()).catch(() => undefined);
    void fetchPalette().catch(() => undefined);
  }, idleAfterMs);
}
