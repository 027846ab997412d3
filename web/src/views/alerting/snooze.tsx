// SPDX-License-Identifier: Apache-2.0
// Snoozing one alert: 15 minutes, 1 hour, 4 hours, until tomorrow at eight, or as long as one says; and waking it again.

import { useSignal } from "@preact/signals";
import { BellOff } from "lucide-preact";
import { tools } from "../../i18n/tools";
import { formatSpan, zoneOffset } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { parseSpan } from "../../lib/span";
import type { Shown } from "../../state/alerts";
import { serverNow } from "../../state/clock";
import { fresh } from "../../state/connection";
import { mayChange } from "../../state/session";
import { forgetSnooze, snooze, wake } from "../../state/silences";
import { Popover } from "../popover";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const tomorrowAt = 8 * hour;
const longest = 366 * day;

/** Eight in the morning of the next day, in the zone of the page. */
export function tomorrow(at: number): number {
  const zone = zoneOffset(at);
  return Math.floor((at + zone) / day) * day + day + tomorrowAt - zone;
}

function Custom({ onEnd }: { onEnd: (ms: number) => void }) {
  const text = useSignal("");
  const wrong = useSignal(false);
  const send = (event: Event): void => {
    event.preventDefault();
    const ms = parseSpan(text.peek());
    wrong.value = ms === null || ms > longest;
    if (ms !== null && ms <= longest) onEnd(ms);
  };
  return (
    <form class="snooze-custom" onSubmit={send}>
      <input aria-label={tools.alerting.customSpan} placeholder="90m" value={text} maxLength={16} aria-invalid={wrong.value} onInput={(e) => { text.value = e.currentTarget.value; }} />
      <button type="submit" class="button">{tools.alerting.snooze}</button>
      {wrong.value && <span class="problem" role="alert">{tools.alerting.wrongSpan}</span>}
    </form>
  );
}

/** Arrow keys go through the entries of a menu, as Tab does. */
function step(event: KeyboardEvent): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button, input")];
  const at = all.findIndex((e) => e === document.activeElement);
  event.preventDefault();
  all[(at + by + all.length) % all.length]?.focus();
}

/** Until when, as entries of a menu. */
export function SnoozeChoices({ onEnd }: { onEnd: (end: number) => void }) {
  const choices: readonly (readonly [string, () => number])[] = [
    ...[15 * minute, hour, 4 * hour].map((ms) => [formatSpan(ms), () => serverNow() + ms] as const),
    [tools.alerting.tomorrow, () => tomorrow(serverNow())],
  ];
  return (
    <div onKeyDown={step}>
      {choices.map(([words, end], i) => <button key={words} type="button" class="menu-entry" autofocus={i === 0} onClick={() => onEnd(end())}>{words}</button>)}
      <Custom onEnd={(ms) => onEnd(serverNow() + ms)} />
    </div>
  );
}

export function SnoozeMenu({ alert, plain = false }: { alert: Shown; plain?: boolean }) {
  const problem = useSignal<string | null>(null);
  if (!mayChange.value || alert.resolved || alert.pending) return null;
  const until = (end: number): void => {
    snooze(alert.id, end, fresh.peek()).then((taken) => { problem.value = taken ? null : tools.alerting.notSnoozed(tools.alerting.tooManyWait); },
      (e: unknown) => { problem.value = tools.alerting.notSnoozed(problemText(e)); });
  };
  return (
    <>
      <Popover label={tools.alerting.snooze} className={plain ? "plain-act snooze-act" : "button snooze-act"} align={plain ? "end" : "start"} button={plain ? tools.alerting.snooze : <><BellOff size={16} aria-hidden="true" /> {tools.alerting.snooze}</>}>
        {(close) => <SnoozeChoices onEnd={(end) => { close(); until(end); }} />}
      </Popover>
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </>
  );
}

/** Ends the snooze of one alert; a silence of more than this alert is ended where it is listed. */
export function WakeButton({ alert }: { alert: Shown }) {
  const problem = useSignal<string | null>(null);
  if (!mayChange.value || alert.resolved) return null;
  if (alert.snoozing !== null) return <button type="button" class="plain-act" onClick={() => forgetSnooze(alert.id)}>{tools.alerting.wake}</button>;
  const wakeUp = (): void => void wake(alert).then((mine) => { problem.value = mine ? null : tools.alerting.widerSilence; }, (e: unknown) => { problem.value = problemText(e); });
  return (
    <>
      <button type="button" class="plain-act" disabled={!fresh.value} title={fresh.value ? undefined : tools.alerting.needsConnection} onClick={wakeUp}>{tools.alerting.wake}</button>
      {problem.value !== null && <span class="problem" role="alert">{problem} <a href="/alerts?tab=silences">{tools.alerting.tabs.silences}</a></span>}
    </>
  );
}
