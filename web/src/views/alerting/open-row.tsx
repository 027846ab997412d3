// SPDX-License-Identifier: Apache-2.0
// One open alert as a row of the alerts page: what it is, who has it, and what can be done about it without leaving the row.

import { useComputed, useSignal } from "@preact/signals";
import { MessageSquare } from "lucide-preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatMoment, formatSpan } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { acknowledge, sayNote, takeBack } from "../../state/alert-acts";
import type { Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh } from "../../state/connection";
import { deviceOf, fleet, valuesOf } from "../../state/fleet";
import { mayAcknowledge, mayChange } from "../../state/session";
import { AcknowledgeButton, hindrance, Holder, Refusal } from "../acknowledge";
import { AlertSpark } from "../alert-row";
import { alertText, deviceName, sensorOf } from "../alert-text";
import { Glyph, SeverityBadge } from "../glyph";
import { alertPath, devicePath } from "../router";
import { SnoozeMenu, WakeButton } from "./snooze";
import { isSnoozed } from "./snoozed";

const longestNote = 1024;

/** The field in the row: a word with the acknowledgement, or one to add to it. */
function Comment({ alert, onDone }: { alert: Shown; onDone: () => void }) {
  const text = useSignal(alert.note ?? "");
  const problem = useSignal<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // Before anybody can type beside it.
  useLayoutEffect(() => field.current?.focus(), []);
  const send = (event: Event): void => {
    event.preventDefault();
    const note = text.peek().trim();
    if (!alert.acknowledged) {
      void acknowledge(alert.id, fresh.peek(), note);
      onDone();
      return;
    }
    sayNote(alert.id, note).then(onDone, (e: unknown) => { problem.value = tools.alerting.noteNotSaved(problemText(e)); });
  };
  return (
    <form class="row-comment" onSubmit={send} onKeyDown={(e) => { if (e.key === "Escape") onDone(); }}>
      <input ref={field} aria-label={tools.alerting.note} placeholder={tools.alerting.noteHint} value={text} maxLength={longestNote} onInput={(e) => { text.value = e.currentTarget.value; }} />
      <button type="submit" class="button button-primary" disabled={alert.acknowledged && !fresh.value}>{alert.acknowledged ? tools.alerting.sayIt : tools.alerting.acknowledgeWith}</button>
      <button type="button" class="plain-act" onClick={onDone}>{tools.alerting.cancel}</button>
      {!alert.acknowledged && <span class="quiet">{fresh.value ? tools.alerting.holds : say.alerts.willBeSent}</span>}
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </form>
  );
}

/** What the list does with a row that can be chosen. */
export interface Choosing {
  readonly chosen: boolean;
  /** `range`: all from the row that was chosen before. */
  readonly onChoose: (range: boolean) => void;
}

/** The person, else why nobody is told. */
function Who({ alert }: { alert: Shown }) {
  if (alert.snoozing !== null && !alert.acknowledged) return <span class="holder"><Glyph name="muted" size={14} />{tools.alerting.untilQueued(formatMoment(alert.snoozing, now.peek()))}</span>;
  if (alert.acknowledged || alert.muted === null || alert.muted === "late") return <Holder alert={{ ...alert, muted: null }} />;
  const words = alert.snoozing === null && isSnoozed(alert) && alert.mutedUntil !== null ? tools.alerting.until(formatMoment(alert.mutedUntil, now.peek())) : tools.alerting.mutes(alert.muted);
  return <span class="holder" title={tools.alerting.mutedBy(alert.muted, null)}><Glyph name="muted" size={14} />{words}</span>;
}

function Acts({ alert, onComment }: { alert: Shown; onComment: () => void }) {
  if (alert.resolved) return <span class="quiet">{tools.alerting.isOver}</span>;
  if (alert.pending) return null;
  const why = hindrance() ?? undefined;
  if (alert.undoable) return <><button type="button" class="plain-act comment-act" disabled={!mayAcknowledge.value} onClick={onComment}>{tools.alerting.addNote}</button><button type="button" class="button undo-act" onClick={() => void takeBack(alert.id)}>{say.alerts.undo}</button></>;
  if (alert.acknowledged) {
    return (
      <>
        <button type="button" class="plain-act comment-act" disabled={why !== undefined} title={why} onClick={onComment}>{tools.alerting.addNote}</button>
        {mayChange.value && <a class="button" href={`/alerts?tab=silences&device=${encodeURIComponent(alert.deviceId)}&rule=${encodeURIComponent(alert.ruleId)}`}>{tools.alerting.silenceIt}</a>}
      </>
    );
  }
  return (
    <>
      {isSnoozed(alert) ? <WakeButton alert={alert} /> : <SnoozeMenu alert={alert} plain />}
      {why === undefined && <button type="button" class="icon-button comment-act" aria-label={tools.alerting.acknowledgeWith} title={tools.alerting.acknowledgeWith} onClick={onComment}><MessageSquare size={16} aria-hidden="true" /></button>}
      <AcknowledgeButton alert={alert} />
    </>
  );
}

function Pick({ alert, choosing }: { alert: Shown; choosing: Choosing }) {
  const range = useRef(false);
  return (
    <label class="pick"><input type="checkbox" class="pick-act" checked={choosing.chosen} aria-label={tools.alerting.choose(deviceName(alert.deviceId))}
      onClick={(e) => { range.current = e.shiftKey; }} onChange={() => choosing.onChoose(range.current)} /></label>
  );
}

export function OpenRow({ alert, withSpark, muted, open, onOpen, choosing = null }: { alert: Shown; withSpark: boolean; muted: number; open: boolean; onOpen: () => void; choosing?: Choosing | null }) {
  fleet.value;
  const commenting = useSignal(false);
  const line = useRef<HTMLLIElement>(null);
  const values = valuesOf(alert.deviceId);
  const text = useComputed(() => {
    values.value;
    return alertText(alert, alert.resolvedAt ?? now.value);
  });
  const age = useComputed(() => formatSpan((alert.resolvedAt ?? now.value) - alert.createdAt));
  const tone = alert.acknowledged || alert.resolved || isSnoozed(alert) ? " alert-held" : ` alert-${alert.severity}`;
  const done = (): void => {
    commenting.value = false;
    line.current?.querySelector<HTMLElement>(".alert-main")?.focus();
  };
  return (
    <li ref={line} class={`alert-row open-row${tone}${choosing?.chosen ? " row-chosen" : ""}`} data-alert={alert.id}>
      <span class="row-pick">{choosing && <Pick alert={alert} choosing={choosing} />}<SeverityBadge alert={alert} /></span>
      <div class="alert-title"><a href={devicePath(alert.deviceId)}>{deviceName(alert.deviceId)}</a><span> · {sensorOf(deviceOf(alert.deviceId), alert.sensorType).name}</span></div>
      <div class="alert-text">
        <a class="quiet-link alert-main" href={alertPath(alert.id)}>{text}</a>
        {muted > 0 && <button type="button" class="link" aria-expanded={open} onClick={onOpen}>{tools.alerting.plusMuted(muted)}</button>}
        {alert.note !== null && alert.note !== "" && <span class="quiet alert-note">“{alert.note}”</span>}
        <Refusal alert={alert} />
      </div>
      {withSpark ? <AlertSpark key={`${alert.deviceId}/${alert.sensorType}`} alert={alert} /> : <span class="no-spark" />}
      <span class="alert-age">{age}</span>
      <Who alert={alert} />
      <div class="alert-act"><Acts alert={alert} onComment={() => { commenting.value = true; }} /></div>
      {commenting.value && !alert.resolved && <Comment alert={alert} onDone={done} />}
    </li>
  );
}
