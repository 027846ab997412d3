// SPDX-License-Identifier: Apache-2.0
// What was last known, kept in this browser: written every 30 s and when the page is hidden, shown
// when it opens without the server. Every value of it is stale, and its time stands beside it.

import { dashboard } from "../net/decode";
import { forgetStored, readStored, writeStored } from "../net/stored";
import type { Alert, Dashboard } from "../net/wire";
import { heldAlerts, takeAlerts } from "./alerts";
import { serverNow } from "./clock";
import { fresh, heardAt, showStored } from "./connection";
import { known, snapshotOf, takeSnapshot } from "./fleet";
import { lastRole, session } from "./session";

const key = "dashboard";
const everyMs = 30_000;
/** What is older tells nothing that one could act on. */
const longestMs = 30 * 86_400_000;

interface Stored {
  readonly at: number;
  readonly role: string;
  readonly data: unknown;
}

/** The wire's shape: it is read back through the same decoder as the server's. */
function plain(data: Dashboard): unknown {
  return {
    ...data,
    devices: data.devices.map((d) => ({
      ...d, attributes: Object.fromEntries(d.attributes), sensors: d.sensors.map((s) => ({ ...s, kind: s.boolean ? "boolean" : "number" })),
    })),
    alerts: data.alerts.map((a: Alert) => ({ ...a, state: a.resolved ? "resolved" : "firing" })),
  };
}

async function write(): Promise<void> {
  if (!fresh.peek() || session.peek() === null) return;
  const stored: Stored = { at: serverNow(), role: session.peek()?.role ?? "", data: plain(snapshotOf(heldAlerts(), serverNow())) };
  await writeStored(key, stored);
}

/** Shows what was kept, unless the server was quicker. */
export async function openSnapshot(): Promise<void> {
  const stored = await readStored(key) as Partial<Stored> | undefined;
  if (typeof stored?.at !== "number" || serverNow() - stored.at > longestMs || known.peek()) return;
  const data = dashboard(stored.data);
  showStored(stored.at);
  lastRole.value = stored.role === "operator" || stored.role === "admin" ? stored.role : null;
  takeSnapshot({ ...data, truncated: false });
  takeAlerts(data.alerts);
}

/** At a login's end nothing is left for the next person. */
export function forgetSnapshot(): Promise<void> {
  return forgetStored(key).catch(() => undefined);
}

export function startSnapshots(): void {
  const keep = (): void => void write().catch(() => undefined);
  setInterval(keep, everyMs);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keep();
  });
  addEventListener("pagehide", keep);
  // The first soon, so that a short visit leaves something too.
  const stop = fresh.subscribe((now) => {
    if (now && heardAt.peek() > 0) setTimeout(keep, 2000);
  });
  addEventListener("pagehide", stop, { once: true });
}
