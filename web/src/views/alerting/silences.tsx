// SPDX-License-Identifier: Apache-2.0
// Silences: what is quiet, until when, who said so and why; a form for one more; and a word before one ends.

import { useSignal } from "@preact/signals";
import { BellOff } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatSpan } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { parseSpan } from "../../lib/span";
import { wallTime } from "../../lib/when";
import { recentAlerts } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { rules } from "../../state/rules";
import { loadRuleBodies } from "../../state/rule-bodies";
import { addSilence, endingSilences, endSilence, extendSilence, loadSilences, matchers, silences, silencesFailed, type Match, type Matcher, type Silence } from "../../state/silences";
import { mayChange } from "../../state/session";
import { optionsOf } from "../../state/options";
import { deviceName } from "../alert-text";
import { route } from "../router";
import { tomorrow } from "./snooze";

const hour = 3_600_000;
const mostValues = 500;
const spans = ["15m", "1h", "4h", "8h", "1d", "7d"] as const;
const formMatchers = matchers.filter((m) => m !== "alert");

function valueText(matcher: Matcher, value: string, names: ReadonlyMap<string, string>): string {
  if (matcher === "device") return value.split(", ").map(deviceName).join(", ");
  if (matcher === "rule") return names.get(value) ?? value;
  if (matcher !== "alert") return value;
  const alert = recentAlerts.value.find((a) => a.id === value);
  return alert ? tools.alerting.alertOf(deviceName(alert.deviceId), alert.ruleName ?? alert.sensorType) : value;
}

function matchText(match: Match, names: ReadonlyMap<string, string>): string {
  const parts = matchers.flatMap((m) => (match[m] === undefined ? [] : [tools.alerting.matches(tools.alerting.matchers[m], valueText(m, match[m], names))]));
  return parts.length === 0 ? tools.alerting.everything : parts.join(", ");
}

/** Rules by id, in the names that people gave them. */
function useRuleNames(): ReadonlyMap<string, string> {
  const names = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => void loadRuleBodies().then((bodies) => {
    names.value = new Map(bodies.flatMap((b) => (typeof b["name"] === "string" && b["name"] !== "" ? [[String(b["id"]), b["name"]] as const] : [])));
  }, () => undefined), [rules.value]);
  return names.value;
}

function Row({ silence, names }: { silence: Silence; names: ReadonlyMap<string, string> }) {
  const problem = useSignal<string | null>(null);
  const over = silence.end <= now.value && !silence.recurring;
  const words = silence.recurring ? tools.alerting.recurring : over ? tools.alerting.over(formatDayTime(silence.end))
    : silence.start > now.value ? tools.alerting.span(formatDayTime(silence.start), formatDayTime(silence.end)) : tools.alerting.untilIn(formatDayTime(silence.end), formatSpan(silence.end - now.value));
  const end = (): void => void endSilence(silence.id).then(() => { problem.value = null; }, (e: unknown) => { problem.value = tools.alerting.notEnded(problemText(e)); });
  return (
    <li class={over ? "rule-row muted" : "rule-row"}>
      <BellOff size={16} aria-hidden="true" />
      <div class="rule-words"><b>{matchText(silence.match, names)}</b><span class="quiet">{silence.reason === "" ? silence.author : tools.alerting.because(silence.reason, silence.author)}</span>{problem.value !== null && <span class="problem" role="alert">{problem}</span>}</div>
      <span class="quiet">{words}</span>
      {mayChange.value && <button type="button" class="link" onClick={end}>{over ? tools.boards.remove : tools.alerting.endNow}</button>}
    </li>
  );
}

/** Said a quarter of an hour before its alerts ring again. */
export function EndingSilences() {
  const names = new Map<string, string>();
  const problem = useSignal<string | null>(null);
  return (
    <div role="status" class="ending-holder">
      {endingSilences.value.map((s) => (
        <p key={s.id} class="card ending"><BellOff size={16} aria-hidden="true" /><span>{tools.alerting.ending(matchText(s.match, names), formatSpan(s.end - now.value))}</span>
          {mayChange.value && <button type="button" class="button" onClick={() => void extendSilence(s.id, hour).then(() => { problem.value = null; }, (e: unknown) => { problem.value = problemText(e); })}>{tools.alerting.oneHourMore}</button>}
        </p>
      ))}
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
    </div>
  );
}

function optionsFor(matcher: Matcher, names: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  if (matcher === "severity") return (["info", "warning", "critical"] as const).map((s) => [s, say.severity[s]] as const);
  if (matcher === "rule") return [...names].map(([id, name]) => [id, name] as const);
  if (matcher === "alert") return [];
  return optionsOf(matcher === "place" ? "location" : matcher).slice(0, mostValues).map((v) => [v, matcher === "device" ? deviceName(v) : v] as const);
}

/** "2026-11-24T14:05" in the page's zone; NaN when it is none. */
function localTime(text: string): number {
  const m = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(text);
  return m ? wallTime(Number(m[1]), Number(m[2]) - 1, Number(m[3]), Number(m[4]), Number(m[5])) : NaN;
}

/** When it begins and ends, or the words what is wrong with it. */
function stretch(from: string, length: string): readonly [number, number] | string {
  const start = from === "" ? serverNow() : localTime(from);
  const ms = length === "tomorrow" ? tomorrow(start) - start : parseSpan(length);
  if (!Number.isFinite(start)) return tools.alerting.wrongStart;
  return ms === null ? tools.alerting.wrongSpan : [start, start + ms];
}

function Form({ names }: { names: ReadonlyMap<string, string> }) {
  const asked = route.peek().query;
  const match = useSignal<Match>(Object.fromEntries(formMatchers.flatMap((m) => (asked.get(m) === null ? [] : [[m, asked.get(m) ?? ""]]))));
  const more = useSignal(formMatchers.filter((m) => match.peek()[m] !== undefined).length > 1);
  const [from, length, reason] = [useSignal(""), useSignal("1h"), useSignal("")];
  const problem = useSignal<string | null>(null);
  const first = formMatchers.find((m) => match.value[m] !== undefined) ?? "device";
  const set = (m: Matcher, value: string): void => {
    match.value = Object.fromEntries([...Object.entries(match.peek()).filter(([key]) => key !== m), ...(value === "" && m !== first ? [] : [[m, value]])]);
  };
  const send = (event: Event): void => {
    event.preventDefault();
    const given = Object.fromEntries(Object.entries(match.peek()).filter(([, v]) => v.trim() !== ""));
    const times = stretch(from.peek(), length.peek());
    if (typeof times === "string" || Object.keys(given).length === 0) {
      problem.value = typeof times === "string" ? times : tools.alerting.whatIsMissing;
      return;
    }
    addSilence(given, times[0], times[1], reason.peek().trim()).then(() => {
      [match.value, from.value, reason.value, problem.value] = [{}, "", "", null];
    }, (e: unknown) => { problem.value = tools.alerting.notSilenced(problemText(e)); });
  };
  const field = (m: Matcher) => {
    const options = optionsFor(m, names);
    const value = match.value[m] ?? "";
    if (m === "rule" || m === "severity") {
      return (
        <label key={m} class="form-field">{tools.alerting.matchers[m]}
          <select value={value} onChange={(e) => set(m, e.currentTarget.value)}><option value="" />{value !== "" && !options.some(([v]) => v === value) && <option value={value}>{value}</option>}{options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}</select>
        </label>
      );
    }
    return [
      <label key={m} class="form-field">{tools.alerting.matchers[m]} <input list={`silence-${m}`} value={value} maxLength={256} onInput={(e) => set(m, e.currentTarget.value)} /></label>,
      <datalist key={`${m} choices`} id={`silence-${m}`}>{options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}</datalist>,
    ];
  };
  return (
    <form class="card silence-form" onSubmit={send}>
      {more.value ? formMatchers.map(field) : (
        <>
          <label class="form-field">{tools.alerting.silence}
            <select value={first} onChange={(e) => { match.value = { [e.currentTarget.value]: "" }; }}>{formMatchers.map((m) => <option key={m} value={m}>{tools.alerting.matchers[m]}</option>)}</select>
          </label>
          {field(first)}
          <button type="button" class="link" onClick={() => { more.value = true; }}>{tools.alerting.moreMatchers}</button>
        </>
      )}
      {more.value && <p class="quiet form-wide">{tools.alerting.allMustFit}</p>}
      <label class="form-field">{tools.alerting.from} <input type="datetime-local" value={from} onInput={(e) => { from.value = e.currentTarget.value; }} /></label>
      <label class="form-field">{tools.alerting.howLong} <input class="short" list="silence-spans" value={length} maxLength={16} onInput={(e) => { length.value = e.currentTarget.value; }} /></label>
      <datalist id="silence-spans">{spans.map((s) => <option key={s} value={s} />)}<option value="tomorrow">{tools.alerting.tomorrow}</option></datalist>
      <label class="form-field form-wide">{tools.alerting.reason} <input value={reason} maxLength={256} onInput={(e) => { reason.value = e.currentTarget.value; }} /></label>
      <button type="submit" class="button button-primary">{tools.alerting.silenceIt}</button>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
    </form>
  );
}

export function SilencesList() {
  const names = useRuleNames();
  const all = silences.value;
  return (
    <>
      {mayChange.value ? <Form names={names} /> : <p class="quiet">{tools.alerting.silencesNeedRole}</p>}
      <EndingSilences />
      {silencesFailed.value && <p role="alert">{tools.alerting.silencesFailed} <button type="button" class="button" onClick={() => void loadSilences()}>{say.chart.retry}</button></p>}
      {all?.length === 0 && <p class="empty card">{tools.alerting.noSilence}</p>}
      {all !== null && all.length > 0 && <ul class="card rule-list silence-list">{[...all].sort((a, b) => b.end - a.end).map((s) => <Row key={s.id} silence={s} names={names} />)}</ul>}
    </>
  );
}
