// SPDX-License-Identifier: Apache-2.0
// By which ways people are told: this browser, mail, webhooks, MQTT, each to be tried at once; and what was sent lately.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { addChannel, channels, channelsFailed, channelTypes, loadChannels, notifications, presets, removeChannel, setChannelEnabled, tests, tryChannel, type ChannelType } from "../../state/channels";
import { lookAtPush, pushHere, pushProblem, pushState, subscribe, testPush, unsubscribe } from "../../state/push";
import { session } from "../../state/session";
import { deviceName } from "../alert-text";
import type { TestResult } from "../../net/wire";
import { alertPath } from "../router";
import { browserName } from "./browser-name";
import { HomeStep } from "./home-steps";

type Channel = NonNullable<typeof channels.value>[number];

const textOf = (x: unknown): string => (typeof x === "string" ? x : Array.isArray(x) ? x.join(", ") : "");

function OnHere() {
  const told = useSignal<TestResult | null>(null);
  const here = pushHere.value;
  const test = (): void => void testPush().then((r) => { told.value = r; }, (e: unknown) => { told.value = { ok: false, error: problemText(e), ms: 0 }; });
  const result = told.value;
  return (
    <>
      {here && (
        <dl class="facts-list">
          <dt>{tools.channels.knownAs}</dt><dd>{here.name}</dd>
          <dt>{tools.channels.since}</dt><dd>{formatDayTime(here.since)}</dd>
          <dt>{tools.channels.lastDelivered}</dt><dd>{here.deliveredAt === null ? tools.channels.nothingYet : formatDayTime(here.deliveredAt)}</dd>
          <dt>{tools.channels.lockScreen}</dt><dd>{here.hidesValues ? tools.channels.valuesHidden : tools.channels.valuesShown}</dd>
        </dl>
      )}
      <div class="form-acts">
        <button type="button" class="button" onClick={test}>{tools.channels.test}</button>
        {here && <button type="button" class="button" onClick={() => void subscribe(here.name, !here.hidesValues)}>{here.hidesValues ? tools.channels.showValues : tools.channels.hideValues}</button>}
        <button type="button" class="button" onClick={() => void unsubscribe()}>{tools.channels.stop}</button>
      </div>
      {result && <p class={result.ok ? "quiet" : "problem"} role="status">{result.ok ? tools.channels.worked(result.ms) : result.error}</p>}
    </>
  );
}

function AskHere() {
  const hides = useSignal(false);
  const working = pushState.value === "working";
  return (
    <>
      <label class="check"><input type="checkbox" checked={hides} onChange={(e) => { hides.value = e.currentTarget.checked; }} /> {tools.channels.hidesValues}</label>
      <div class="form-acts"><button type="button" class="button button-primary" disabled={working} onClick={() => void subscribe(browserName(navigator.userAgent), hides.peek())}>{tools.channels.sendHere}</button></div>
    </>
  );
}

function ThisBrowser() {
  useEffect(() => void lookAtPush().catch((e: unknown) => { pushProblem.value = problemText(e); }), []);
  const state = pushState.value;
  return (
    <section class="card push-card" aria-labelledby="this-browser">
      <h2 id="this-browser">{tools.channels.thisBrowser}</h2>
      <p>{tools.channels.push[state]}</p>
      {state === "home" && <ol class="steps">{tools.channels.homeSteps.map((words, i) => <li key={words}><HomeStep step={i} /><span>{words}</span></li>)}</ol>}
      {(state === "unasked" || state === "working") && <AskHere />}
      {state === "on" && <OnHere />}
      {pushProblem.value !== null && <p class="problem" role="alert">{tools.channels.pushFailed(pushProblem.value)}</p>}
    </section>
  );
}

function Tested({ id }: { id: string }) {
  const result = tests.value.get(id);
  if (result === undefined) return null;
  if (result === "running") return <span class="quiet" role="status">{tools.channels.sending}</span>;
  return <span class={result.ok ? "quiet" : "problem"} role="status">{result.ok ? tools.channels.worked(result.ms) : result.error}</span>;
}

function Row({ channel }: { channel: Channel }) {
  const { body, id } = channel;
  const type = textOf(body["type"]);
  const enabled = body["enabled"] !== false;
  const problem = useSignal<string | null>(null);
  const sure = useSignal(false);
  const fail = (e: unknown): void => { problem.value = tools.channels.notChanged(problemText(e)); };
  const enable = (on: boolean): void => void setChannelEnabled(channel, on).then((mine) => { problem.value = mine ? null : tools.channels.changedMeanwhile; }, fail);
  const target = textOf(body["to"]) || textOf(body["url"]) || textOf(body["topic"]);
  return (
    <li class={enabled ? "rule-row" : "rule-row muted"}>
      <div class="rule-words"><b>{textOf(body["name"]) || id}</b><span class="quiet">{tools.channels.types[type as ChannelType] ?? type} {target}</span><Tested id={id} />{problem.value !== null && <span class="problem" role="alert">{problem}</span>}</div>
      <button type="button" class="button" onClick={() => void tryChannel(id)}>{tools.channels.test}</button>
      <label class="form-field form-row"><input type="checkbox" checked={enabled} onChange={(e) => { const on = e.currentTarget.checked; e.currentTarget.checked = enabled; enable(on); }} /> {tools.rules.on}</label>
      {sure.value
        ? <span class="form-acts"><button type="button" class="button" onClick={() => void removeChannel(id).catch(fail)}>{tools.channels.removeNow}</button><button type="button" class="plain-act" onClick={() => { sure.value = false; }}>{tools.alerting.cancel}</button></span>
        : <button type="button" class="link" onClick={() => { sure.value = true; }}>{tools.boards.remove}</button>}
    </li>
  );
}

function bodyOf(type: ChannelType, form: FormData): object {
  const get = (key: string): string => String(form.get(key) ?? "").trim();
  const given = (key: string): object => (get(key) === "" ? {} : { [key]: get(key) });
  const common = { type, enabled: true, ...given("name") };
  if (type === "email") return { ...common, to: get("to").split(/[\s,;]+/).filter((a) => a !== ""), ...given("server"), ...given("user"), ...given("password"), ...given("from") };
  if (type === "webhook") return { ...common, ...given("url"), preset: get("preset"), ...given("secret") };
  return { ...common, ...given("topic") };
}

function New() {
  const type = useSignal<ChannelType>("email");
  const problem = useSignal<string | null>(null);
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    addChannel(bodyOf(type.peek(), new FormData(form))).then(() => {
      problem.value = null;
      form.reset();
    }, (e: unknown) => { problem.value = tools.channels.notAdded(problemText(e)); });
  };
  const field = (name: string, words: string, more: object = {}) => <label class="form-field">{words} <input name={name} maxLength={1024} {...more} /></label>;
  return (
    <form class="card silence-form" onSubmit={send}>
      <label class="form-field">{tools.boards.type}
        <select value={type.value} onChange={(e) => { type.value = e.currentTarget.value as ChannelType; }}>
          {channelTypes.map((t) => <option key={t} value={t}>{tools.channels.types[t]}</option>)}
        </select>
      </label>
      {field("name", tools.boards.name)}
      {type.value === "email" && <>{field("to", tools.channels.to, { required: true })}{field("server", tools.channels.server, { placeholder: tools.channels.ofSettings })}{field("user", tools.channels.user, { autocomplete: "off" })}{field("password", tools.channels.password, { type: "password", autocomplete: "new-password" })}{field("from", tools.channels.from)}</>}
      {type.value === "webhook" && (
        <>
          {field("url", tools.channels.url, { required: true, type: "url", placeholder: "https://" })}
          <label class="form-field">{tools.channels.preset} <select name="preset">{presets.map((p) => <option key={p} value={p}>{p}</option>)}</select></label>
          {field("secret", tools.channels.secret, { autocomplete: "off" })}
        </>
      )}
      {type.value === "mqtt" && field("topic", tools.channels.topic, { placeholder: "telltale/alerts" })}
      <button type="submit" class="button button-primary">{tools.channels.add}</button>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
    </form>
  );
}

function Sent() {
  const all = notifications.value;
  if (all.length === 0) return <p class="empty">{tools.channels.nothingSent}</p>;
  return (
    <section class="card" aria-labelledby="sent">
      <header class="card-head"><h2 id="sent">{tools.channels.sent}</h2></header>
      <div class="widget-scroll" tabIndex={0} role="group" aria-labelledby="sent">
        <table class="widget-table">
          <tbody>
            {all.map((n, i) => (
              <tr key={i}>
                <td class="quiet">{formatDayTime(n.at)}</td>
                <td>{tools.channels.states[n.state as keyof typeof tools.channels.states] ?? n.state}</td>
                <td><a href={alertPath(n.alertId)}>{deviceName(n.device)}</a> {n.message}</td>
                <td class="quiet">{n.target || n.channel}</td>
                <td class={n.error === "" ? "quiet" : "problem"}>{n.error}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function ChannelsTab() {
  const admin = session.value?.role === "admin";
  useEffect(() => { if (admin) void loadChannels(); }, [admin]);
  const all = channels.value;
  return (
    <>
      <ThisBrowser />
      {!admin && <p class="quiet">{tools.channels.needsAdmin}</p>}
      {channelsFailed.value !== null && <p role="alert">{channelsFailed} <button type="button" class="button" onClick={() => void loadChannels()}>{say.chart.retry}</button></p>}
      {admin && <New />}
      {all !== null && all.length > 0 && <ul class="card rule-list channel-list">{all.map((c) => <Row key={c.id} channel={c} />)}</ul>}
      {admin && <Sent />}
    </>
  );
}
