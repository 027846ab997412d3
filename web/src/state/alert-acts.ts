// SPDX-License-Identifier: Apache-2.0
// What a person does with an alert: it shows at once, and is taken back with the server's reason when it is refused.

import { problemText } from "../lib/problem";
import { acknowledgeAlert, releaseAlert, RestError } from "../net/rest";
import { alertChanged, held, marks, takeAlerts, type Refused } from "./alerts";
import { drop, outbox, queue, sendOutbox } from "./outbox";

/** How long an acknowledgement can be taken back. */
const undoMs = 10_000;
const under = new Map<string, Promise<void>>();

function offerUndo(id: string): void {
  const since = {};
  marks.undo.set(id, since);
  setTimeout(() => {
    if (marks.undo.get(id) !== since) return;
    marks.undo.delete(id);
    alertChanged();
  }, undoMs);
}

function settled(id: string, refused: string | null, act: Refused["act"] = "acknowledge"): void {
  if (act === "acknowledge") marks.sent.delete(id);
  if (refused !== null) {
    marks.undo.delete(id);
    marks.refused.set(id, { act, why: refused });
  }
  alertChanged();
}

async function send(id: string, note: string): Promise<void> {
  try {
    takeAlerts([await acknowledgeAlert(id, note)]);
    settled(id, null);
  } catch (error) {
    if (error instanceof RestError && error.status < 500) {
      settled(id, error.message);
      return;
    }
    // What did not reach the server is no refusal.
    queue(id, note);
    settled(id, null);
  }
}

/** At once while `connected`; else it waits, survives a reload, and is sent when the stream is back. */
export async function acknowledge(id: string, connected: boolean, note = ""): Promise<void> {
  marks.refused.delete(id);
  offerUndo(id);
  if (connected) {
    marks.sent.add(id);
    const sending = send(id, note);
    under.set(id, sending);
    alertChanged();
    await sending;
    under.delete(id);
  } else {
    if (!queue(id, note)) settled(id, "");
    alertChanged();
  }
}

/** Undo: one that still waits is not sent at all. */
export async function takeBack(id: string): Promise<void> {
  marks.undo.delete(id);
  if (outbox.peek().some((w) => w.id === id && w.until === null)) {
    drop(id);
    alertChanged();
    return;
  }
  marks.released.add(id);
  alertChanged();
  try {
    await under.get(id);
    takeAlerts([await releaseAlert(id)]);
  } catch (error) {
    marks.refused.set(id, { act: "release", why: problemText(error) });
  }
  marks.released.delete(id);
  alertChanged();
}

/** Changes the word of an acknowledgement. */
export async function sayNote(id: string, note: string): Promise<void> {
  takeAlerts([await acknowledgeAlert(id, note, true)]);
}

/** Sends what was acknowledged and snoozed while there was no connection. */
export async function sendQueued(): Promise<void> {
  await sendOutbox(({ id, until }, refused, alert) => {
    if (alert) takeAlerts([alert]);
    // One of which nothing is known any more is no news to anybody.
    if (refused === null || held(id)) settled(id, refused, until === null ? "acknowledge" : "snooze");
  });
  alertChanged();
}
