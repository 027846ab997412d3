// SPDX-License-Identifier: Apache-2.0
// How do I connect my first device? Where, how, and then a list that watches for its first message
// until the value is there.

import { ArrowRight, BellPlus, ChevronRight, MapPin, Pencil } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatClock, formatSpan, nothing } from "../../lib/format";
import { problemText } from "../../lib/problem";
import type { Device, Topic } from "../../net/wire";
import { fetchCounters, fetchTopics, makeCredential } from "../../state/admin";
import { now } from "../../state/clock";
import { deviceOf, fleet, heldDevices } from "../../state/fleet";
import { session } from "../../state/session";
import { CopyBox } from "../copy";
import { openTab, Tabs } from "../device/tabs";
import { Glyph } from "../glyph";
import { Tile } from "../overview/tiles";
import { usePolled } from "../polled";
import { devicePath } from "../router";
import { firstDevice, firstTopic, forms, snippet, ways, type Form, type Where } from "./snippets";

const defaultPort = 1883;
const patienceMs = 60_000;
const userName = "first-device";

interface Seen {
  readonly connections: number;
  readonly refused: number;
  readonly topic: Topic | null;
}

/** A viewer may not read counters; then the topics alone tell. */
async function look(): Promise<Seen> {
  const [counters, page] = await Promise.all([fetchCounters().catch(() => new Map<string, number>()), fetchTopics(`sensors/${firstDevice}`, null)]);
  return {
    connections: counters.get("telltale_mqtt_connections") ?? 0, refused: counters.get("telltale_dropped_total mqtt_unauthorized") ?? 0,
    topic: page.topics[0] ?? null,
  };
}

function Step({ done, number, title, note = "", children }: { done: boolean; number: number; title: string; note?: string; children: preact.ComponentChildren }) {
  return (
    <section class="card start-card" aria-labelledby={`step-${number}`}>
      <span class={`start-number${done ? " start-done" : ""}`} aria-hidden="true">{done ? "✓" : number}</span>
      <h2 id={`step-${number}`}>{title} {note !== "" && <span class="quiet start-note">{note}</span>}</h2>
      {children}
    </section>
  );
}

const glyphs = { waiting: "pending", "to-come": "unknown", problem: "warning" } as const;

function Line({ state, words, note }: { state: "done" | "waiting" | "to-come" | "problem"; words: preact.ComponentChildren; note: string }) {
  return (
    <li class={state === "to-come" ? "start-to-come" : undefined}>
      {state === "done" ? <Glyph name="check" size={14} label={say.start.done} /> : <Glyph name={glyphs[state]} size={14} />}
      <span>{words}</span><span class="quiet">{note}</span>
    </li>
  );
}

function useLogin(): { user: string | null; password: string | null; make: () => void; problem: string } {
  const who = session.value;
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const make = (): void => {
    const id = `${userName}-${Math.floor(Date.now() / 1000) % 100_000}`;
    makeCredential(id, ["*"]).then((secret) => setPassword(`${id}\n${secret}`), (error: unknown) => setProblem(problemText(error)));
  };
  const [user, secret] = password?.split("\n") ?? [];
  return { user: who?.auth ? user ?? "USER" : null, password: secret ?? null, make, problem };
}

/** What comes next, once the device is there. */
function Then({ device, sensor }: { device: Device | undefined; sensor: string | null }) {
  const words = say.startMore;
  const path = device ? devicePath(device.id) : "";
  const steps = [
    { words: words.name, icon: Pencil, href: `${path}?tab=details` }, { words: words.place, icon: MapPin, href: `${path}?tab=details` },
    { words: words.watch, icon: BellPlus, href: device && sensor !== null ? `/rules/new?device=${encodeURIComponent(device.id)}&sensor=${encodeURIComponent(sensor)}` : "" },
    { words: words.open, icon: ArrowRight, href: path },
  ];
  return (
    <div class="card">
      <p class="caption">{words.then}</p>
      <ul class="start-then">
        {steps.map(({ words: w, icon: Icon, href }) => (
          <li key={w}>{device ? <a href={href}><Icon size={16} strokeWidth={1.75} aria-hidden="true" />{w}<ChevronRight size={16} aria-hidden="true" /></a>
            : <span class="quiet"><Icon size={16} strokeWidth={1.75} aria-hidden="true" />{w}</span>}</li>
        ))}
      </ul>
    </div>
  );
}

export function StartPage() {
  fleet.value;
  const words = say.start;
  const who = session.value;
  const host = location.hostname.replace(/^\[|\]$/g, "");
  const local = host === "localhost" || host.startsWith("127.") || host === "::1";
  const login = useLogin();
  const where: Where = { host, port: who?.mqttPort ?? defaultPort, user: login.user, password: login.password };
  const [state] = usePolled(look, 1000);
  const seen = state && "value" in state ? state.value : null;
  const base = useRef<Seen | null>(null);
  const began = useRef(now.peek());
  useEffect(() => {
    if (seen && !base.current) base.current = seen;
  }, [seen]);
  const device = deviceOf(firstDevice);
  const sensor = device?.sensors[0];
  const topic = seen?.topic ?? null;
  const connected = topic !== null || (seen !== null && base.current !== null && seen.connections > base.current.connections);
  const refused = seen !== null && base.current !== null && seen.refused > base.current.refused;
  const waited = now.value - began.current;
  const tabs = ways.map((w) => ({ id: w, words: words.ways[w] }));
  const [form, setForm] = useState<Form>("number");
  const how = ways.find((w) => w === openTab(tabs, "how")) ?? "shell";
  return (
    <div class="page start-page">
      <div><h1>{heldDevices() === 0 ? say.startMore.first : words.title}</h1><p class="lead">{words.lead}</p></div>
      <div class="start">
        <div class="start-steps">
          <Step done={true} number={1} title={words.where}>
            <p class="quiet">{local ? words.onlyHere : words.reach}</p>
            <CopyBox text={`mqtt://${host}:${where.port}`} />
            {local && <><p class="quiet">{words.openUp}</p><CopyBox text={`telltale serve --mqtt 0.0.0.0:${where.port}`} /></>}
            {who?.auth && login.password === null && who.role === "admin" && <p><button type="button" class="button" onClick={login.make}>{words.makeLogin}</button> <span class="problem" role="alert">{login.problem}</span></p>}
            {who?.auth && login.password === null && who.role !== "admin" && <p class="quiet">{words.askAdmin}</p>}
            {login.password !== null && <p>{words.loginOnce(where.user ?? "")}</p>}
          </Step>
          <Step done={topic !== null} number={2} title={words.how}>
            <Tabs tabs={tabs} label={words.how} param="how" />
            <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${how}`}>
              <CopyBox text={snippet(how, where, form)} />
              <p class="start-forms">
                {how === "shell" && forms.filter((f) => f !== form).map((f) => <button key={f} type="button" class="link" onClick={() => setForm(f)}>{say.startMore.forms[f]}</button>)}
                <span class="caption">{words.hints[how]}</span>
              </p>
            </div>
          </Step>
          <Step done={device !== undefined} number={3} title={device ? words.arrived : words.waiting} note={device ? "" : formatSpan(waited)}>
            <ul class="start-list" aria-live="polite">
              <Line state={who?.mqttPort === null ? "problem" : "done"} words={who?.mqttPort === null ? say.settings.noListener : words.listening(`${host}:${where.port}`)} note={formatClock(began.current)} />
              <Line state={refused && !connected ? "problem" : connected ? "done" : "waiting"} words={refused && !connected ? words.refused : words.connected} note={connected ? "" : say.age.waiting} />
              <Line state={topic ? "done" : connected ? "waiting" : "to-come"} words={<>{words.message} <code>{topic?.topic ?? firstTopic}</code></>} note={topic ? formatClock(topic.lastSeen) : ""} />
              <Line state={topic?.dropped ? "problem" : device ? "done" : topic ? "waiting" : "to-come"} words={topic?.dropped ? say.topics.dropped(topic.dropped) : words.decoded} note="" />
            </ul>
          </Step>
        </div>
        <div class="start-side">
          {device && sensor
            ? <Tile device={device} sensor={sensor} />
            : <div class="card tile start-tile"><div class="tile-head"><b>{firstDevice}</b> <span>temperature</span></div><div class="tile-body"><span class="number">{nothing}</span></div><div class="tile-foot"><span>{say.age.waiting}</span><span>{words.appearsHere}</span></div></div>}
          <Then device={device} sensor={sensor?.id ?? null} />
          {!device && heldDevices() === 0 && (
            <div class="card"><h2>{say.startMore.looking}</h2><p class="quiet">{say.startMore.lookingHow}</p><CopyBox text={`telltale simulate --mqtt ${host}:${where.port}`} /></div>
          )}
          {!device && waited > patienceMs && (
            <div class="card"><h2>{words.nothingTitle}</h2><ol>{words.reasons.map((r) => <li key={r}>{r}</li>)}</ol></div>
          )}
          <div class="card"><p class="quiet">{words.topicsHint}</p><a href="/topics">{say.settings.toTopics}</a></div>
        </div>
      </div>
    </div>
  );
}
