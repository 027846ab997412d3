// SPDX-License-Identifier: Apache-2.0
// Who is told and by which ways: this browser, mail, webhooks, MQTT, each to be tried at once; routes and people; and what was sent lately.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { channels, channelsFailed, loadChannels, nameOf, notifications, remove, save, tests, tryChannel, type ChannelType } from "../../state/channels";
import { lookAtPush, pushHere, pushProblem, pushState, subscribe, testPush, unsubscribe } from "../../state/push";
import { mayChange, session } from "../../state/session";
import { deviceName } from "../alert-text";
import type { TestResult } from "../../net/wire";
import { alertPath } from "../router";
import { browserName } from "./browser-name";
import { ChannelForm } from "./channel-form";
import { RemoveByName } from "./form-parts";
import { HomeStep } from "./home-steps";
import { namersOf } from "./namers";
import { People } from "./people";
import { Routes } from "./routes";

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

function Row({ channel, admin }: { channel: Channel; admin: boolean }) {
  const { body, id } = channel;
  const type = textOf(body["type"]);
  const enabled = body["enabled"] !== false;
  const problem = useSignal<string | null>(null);
  const editing = useSignal(false);
  const words = tools.channels;
  const name = nameOf(channel);
  const enable = (on: boolean): void => void save("channels", channel, { ...body, enabled: on }).then((mine) => { problem.value = mine ? null : words.changedMeanwhile; }, (e: unknown) => { problem.value = words.notChanged(problemText(e)); });
  const target = textOf(body["to"]) || textOf(body["url"]) || textOf(body["topic"]);
  if (editing.value) return <li class="told-editing"><ChannelForm channel={channel} onDone={() => { editing.value = false; }} /></li>;
  return (
    <li class={enabled ? "rule-row" : "rule-row muted"}>
      <div class="rule-words"><b>{name}</b><span class="quiet">{words.types[type as ChannelType] ?? type} {target}</span><Tested id={id} />{problem.value !== null && <span class="problem" role="alert">{problem}</span>}</div>
      {admin && (
        <>
          <button type="button" class="button" onClick={() => void tryChannel(id)}>{words.test}</button>
          {type in words.types && <button type="button" class="button" aria-label={words.editOne(name)} onClick={() => { editing.value = true; }}>{words.edit}</button>}
          <label class="form-field form-row"><input type="checkbox" checked={enabled} onChange={(e) => { const on = e.currentTarget.checked; e.currentTarget.checked = enabled; enable(on); }} /> {tools.rules.on}</label>
          <RemoveByName name={name} users={() => namersOf("channels", id)} onRemove={() => remove("channels", id)} />
        </>
      )}
    </li>
  );
}

function Ways({ admin }: { admin: boolean }) {
  const adding = useSignal(false);
  const all = channels.value ?? [];
  const words = tools.channels;
  return (
    <section class="told-part" aria-labelledby="ways">
      <header class="told-head"><h2 id="ways">{words.ways}</h2>{admin && !adding.value && <button type="button" class="button" onClick={() => { adding.value = true; }}>{words.addWay}</button>}</header>
      {adding.value && <ChannelForm channel={null} onDone={() => { adding.value = false; }} />}
      {channels.value !== null && all.length === 0 && !adding.value && <p class="quiet">{words.noWay}</p>}
      {all.length > 0 && <ul class="card rule-list told-list">{all.map((c) => <Row key={c.id} channel={c} admin={admin} />)}</ul>}
    </section>
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
  const may = mayChange.value;
  useEffect(() => { if (may) void loadChannels(); }, [may]);
  return (
    <>
      <ThisBrowser />
      {!admin && <p class="quiet">{tools.channels.needsAdmin}</p>}
      {channelsFailed.value !== null && <p role="alert">{channelsFailed} <button type="button" class="button" onClick={() => void loadChannels()}>{say.chart.retry}</button></p>}
      {may && <><Ways admin={admin} /><Routes admin={admin} /><People admin={admin} /><Sent /></>}
    </>
  );
}
