// SPDX-License-Identifier: Apache-2.0
// Taking an alert: at once on the row, or the words why it can't be done now.

import { say } from "../i18n/say";
import { formatMoment } from "../lib/format";
import { acknowledge, takeBack } from "../state/alert-acts";
import type { Shown } from "../state/alerts";
import { now } from "../state/clock";
import { fresh } from "../state/connection";
import { mayAcknowledge } from "../state/session";
import { Glyph } from "./glyph";

/** Why nothing can be acknowledged now, in words, or null. */
export function hindrance(): string | null {
  return mayAcknowledge.value ? null : say.alerts.needsRole;
}

export function Holder({ alert }: { alert: Shown }) {
  if (alert.muted !== null) {
    const until = alert.mutedUntil === null ? say.facts.muted : say.facts.until(formatMoment(alert.mutedUntil, now.peek()));
    return <span class="holder"><Glyph name="muted" />{until}</span>;
  }
  if (!alert.acknowledged) return <span class="holder">{say.alerts.nobody}</span>;
  return <span class="holder"><Glyph name="check" />{alert.queued ? say.alerts.queued : alert.sending ? say.alerts.sending : alert.acknowledgedBy ?? say.acknowledgedWord}</span>;
}

export function AcknowledgeButton({ alert, primary = false }: { alert: Shown; primary?: boolean }) {
  if (alert.undoable && !alert.resolved) return <button type="button" class="button undo-act" onClick={() => void takeBack(alert.id)}>{say.alerts.undo}</button>;
  if (alert.acknowledged || alert.resolved || alert.pending) return null;
  const why = hindrance();
  return (
    <button type="button" class={`button acknowledge-act${primary ? " button-primary" : ""}`} disabled={why !== null}
      title={why ?? undefined} onClick={() => void acknowledge(alert.id, fresh.peek())}>{say.alerts.acknowledge}</button>
  );
}

/** One line below a list of alerts, when none of them can be acknowledged, or when it will be sent later. */
export function Hindrance() {
  const why = hindrance() ?? (fresh.value ? null : say.alerts.willBeSent);
  return why === null ? null : <p class="hindrance">{why}</p>;
}

export function Refusal({ alert }: { alert: Shown }) {
  if (alert.refused === null) return null;
  const { act, why } = alert.refused;
  return <span class="problem" role="alert">{act === "snooze" ? say.notDone(why) : act === "release" ? say.alerts.notTakenBack(why) : why === "" ? say.alerts.outboxFull : say.alerts.refused(why)}</span>;
}
