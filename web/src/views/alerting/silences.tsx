// SPDX-License-Identifier: Apache-2.0
// Silences as a list with a form, and the menu that snoozes one alert.

import { useSignal } from "@preact/signals";
import { BellOff } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatSpan, zoneOffset } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { parseSpan } from "../../lib/span";
import type { Alert } from "../../net/wire";
import { now, serverNow } from "../../state/clock";
import { addSilence, endSilence, loadSilences, matchers, silences, silencesFailed, snooze, type Match, type Matcher, type Silence } from "../../state/silences";
import { mayChange } from "../../state/session";
import { attempt } from "../../state/told";
import { optionsOf } from "../../state/variables";
import { Popover } from "../popover";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const tomorrowAt = 8 * hour;

/** Eight in the morning of the next day, in the zone of the page. */
function tomorrow(at: number): number {
  const zone = zoneOffset(at);
  return Math.floor((at + zone) / day) * day + day + tomorrowAt - zone;
}

export function SnoozeMenu({ alert }: { alert: Alert }) {
  const problem = useSignal<string | null>(null);
  if (!mayChange.value || alert.resolved) return null;
  const choices: readonly (readonly [string, () => number])[] = [
    ...[15 * minute, hour, 4 * hour].map((ms) => [formatSpan(ms), () => serverNow() + ms] as const),
    [tools.alerting.tomorrow, () => tomorrow(serverNow())],
  ];
  const until = (end: number): void => void snooze(alert, end, "").then(() => { problem.value = null; }, (e: unknown) => { problem.value = problemText(e); });
  return (
    <>
      <Popover label={tools.alerting.snooze} className="button" align="start" button={<><BellOff size={16} aria-hidden="true" /> {tools.alerting.snooze}</>}>
        {(close) => choices.map(([words, end]) => <button key={words} type="button" class="menu-entry" onClick={() => { close(); until(end()); }}>{words}</button>)}
      </Popover>
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </>
  );
}

function matchText(match: Match): string {
  const parts = matchers.flatMap((m) => (match[m] === undefined ? [] : [tools.alerting.matches(tools.alerting.matchers[m], match[m])]));
  return parts.length === 0 ? tools.alerting.everything : parts.join(", ");
}

function Row({ silence }: { silence: Silence }) {
  const over = silence.end <= now.value && !silence.recurring;
  return (
    <li class={over ? "rule-row muted" : "rule-row"}>
      <BellOff size={16} aria-hidden="true" />
      <div class="rule-words"><b>{matchText(silence.match)}</b><span class="quiet">{silence.reason === "" ? silence.author : tools.alerting.because(silence.reason, silence.author)}</span></div>
      <span class="quiet">{silence.recurring ? tools.alerting.recurring : over ? tools.alerting.over(formatDayTime(silence.end)) : tools.alerting.span(formatDayTime(silence.start), formatDayTime(silence.end))}</span>
      {mayChange.value && <button type="button" class="link" onClick={() => attempt(endSilence(silence.id))}>{over ? tools.boards.remove : tools.alerting.endNow}</button>}
    </li>
  );
}

function Form() {
  const matcher = useSignal<Matcher>("device");
  const value = useSignal("");
  const span = useSignal("1h");
  const reason = useSignal("");
  const problem = useSignal<string | null>(null);
  const options = matcher.value === "severity" ? ["info", "warning", "critical"] : matcher.value === "place" ? optionsOf("location") : matcher.value === "rule" || matcher.value === "alert" ? [] : optionsOf(matcher.value);
  const send = (event: Event): void => {
    event.preventDefault();
    const ms = parseSpan(span.peek());
    if (ms === null || value.peek() === "") {
      problem.value = ms === null ? tools.alerting.wrongSpan : tools.alerting.whatIsMissing;
      return;
    }
    const start = serverNow();
    addSilence({ [matcher.peek()]: value.peek() }, start, start + ms, reason.peek()).then(() => {
      [value.value, reason.value, problem.value] = ["", "", null];
    }, (e: unknown) => { problem.value = problemText(e); });
  };
  return (
    <form class="card silence-form" onSubmit={send}>
      <label class="form-field">{tools.alerting.silence}
        <select value={matcher.value} onChange={(e) => { matcher.value = e.currentTarget.value as Matcher; value.value = ""; }}>
          {matchers.filter((m) => m !== "alert").map((m) => <option key={m} value={m}>{tools.alerting.matchers[m]}</option>)}
        </select>
      </label>
      <label class="form-field">{tools.alerting.matchers[matcher.value]}
        <input list="silence-values" value={value} maxLength={256} onInput={(e) => { value.value = e.currentTarget.value; }} />
        <datalist id="silence-values">{options.map((o) => <option key={o} value={o} />)}</datalist>
      </label>
      <label class="form-field">{tools.alerting.howLong} <input class="short" value={span} onInput={(e) => { span.value = e.currentTarget.value; }} /></label>
      <label class="form-field form-wide">{tools.alerting.reason} <input value={reason} maxLength={256} onInput={(e) => { reason.value = e.currentTarget.value; }} /></label>
      <button type="submit" class="button button-primary">{tools.alerting.silenceIt}</button>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
    </form>
  );
}

export function SilencesList() {
  useEffect(() => void loadSilences(), []);
  const all = silences.value;
  return (
    <>
      {mayChange.value && <Form />}
      {silencesFailed.value && <p role="alert">{tools.alerting.silencesFailed} <button type="button" class="button" onClick={() => void loadSilences()}>{say.chart.retry}</button></p>}
      {all?.length === 0 && <p class="empty">{tools.alerting.noSilence}</p>}
      {all !== null && all.length > 0 && <ul class="card rule-list silence-list">{[...all].sort((a, b) => b.end - a.end).map((s) => <Row key={s.id} silence={s} />)}</ul>}
    </>
  );
}
