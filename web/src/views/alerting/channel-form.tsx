// SPDX-License-Identifier: Apache-2.0
// One way by which people are told, new or as it is. What is secret is never shown: left empty it stays what it was.

import { useSignal } from "@preact/signals";
import { tools } from "../../i18n/tools";
import { readHeaders } from "../../lib/routing";
import { channelTypes, presets, save, type ChannelType } from "../../state/channels";
import type { channels } from "../../state/channels";
import { Field, FormEnd, TextField, useSaving } from "./form-parts";

type Kept = NonNullable<typeof channels.value>[number];
type Texts = Readonly<Record<string, string>>;

const secrets = ["password", "secret", "headers"] as const;
const plain = ["name", "server", "port", "user", "from", "url", "topic", "budget"] as const;
const securities = ["starttls", "tls", "none"] as const;
/** What a preset's service wants to know besides its address. */
const paramOf: Readonly<Record<string, string>> = { telegram: "chat_id", ntfy: "topic", pagerduty: "routing_key" };
const members: Readonly<Record<ChannelType, readonly string[]>> = { email: ["to", "server", "port", "security", "user", "password", "from"], webhook: ["url", "preset", "params", "headers", "secret"], mqtt: ["topic"] };

const text = (x: unknown): string => (typeof x === "string" ? x : typeof x === "number" ? String(x) : Array.isArray(x) ? x.join(", ") : "");
const fieldsOf = (x: unknown): Readonly<Record<string, unknown>> => (typeof x === "object" && x !== null ? (x as Record<string, unknown>) : {});

function textsOf(body: Readonly<Record<string, unknown>>): Texts {
  const preset = text(body["preset"]) || "generic";
  return {
    ...Object.fromEntries([...plain, "to"].map((name) => [name, text(body[name])])), password: "", secret: "", headers: "",
    preset, security: text(body["security"]) || "starttls", param: text(fieldsOf(body["params"])[paramOf[preset] ?? ""]),
  };
}

/** The member as it is sent; undefined leaves it out. */
function member(name: string, form: Texts, taken: ReadonlySet<string>): unknown {
  const value = (form[name] ?? "").trim();
  if (taken.has(name)) return null;
  if (name === "to") return value.split(/[\s,;]+/).filter((a) => a !== "");
  if (name === "params") return paramOf[form["preset"] ?? ""] === undefined ? undefined : { [paramOf[form["preset"] ?? ""] ?? ""]: form["param"]?.trim() ?? "" };
  if (value === "" || (name === "security" && (form["server"] ?? "").trim() === "")) return undefined;
  if (name === "port" || name === "budget") return Number(value);
  return name === "headers" ? readHeaders(value) : value;
}

function bodyOf(type: ChannelType, form: Texts, taken: ReadonlySet<string>, flags: object, before: Kept | null): object {
  const ours = ["name", "budget", ...members[type]];
  // A template of its own is kept, and stands instead of a preset.
  const templated = before?.body["template"] !== undefined;
  const rest = Object.fromEntries(Object.entries(before?.body ?? {}).filter(([name]) => name === "template" || name === "single" || name === "links" || name === "enabled" || (templated && name === "params")));
  const filled = ours.filter((name) => !(templated && (name === "preset" || name === "params"))).map((name) => [name, member(name, form, taken)] as const).filter(([, v]) => v !== undefined);
  return { ...rest, type, ...flags, ...Object.fromEntries(filled) };
}

export function ChannelForm({ channel, onDone }: { channel: Kept | null; onDone: () => void }) {
  const type = useSignal<ChannelType>(channelTypes.find((t) => t === channel?.body["type"]) ?? "email");
  const form = useSignal<Texts>(textsOf(channel?.body ?? {}));
  const taken = useSignal<ReadonlySet<string>>(new Set());
  const flags = useSignal({ resolved: channel?.body["resolved"] !== false, acknowledged: channel?.body["acknowledged"] === true });
  const words = tools.channels;
  const kept = new Set(Array.isArray(channel?.body["secrets"]) ? channel.body["secrets"] : []);
  const work = (): Promise<boolean> => {
    const headers = readHeaders(form.peek()["headers"] ?? "");
    if (typeof headers === "string") return Promise.reject(new Error(words.wrongHeader(headers)));
    return save("channels", channel, bodyOf(type.peek(), form.peek(), taken.peek(), type.peek() === "mqtt" ? {} : flags.peek(), channel));
  };
  const { fault, busy, send } = useSaving(work, onDone);
  const put = (name: string, value: string): void => { form.value = { ...form.peek(), [name]: value }; };
  const field = (name: string, label: string, more: { help?: string; type?: string; required?: boolean; placeholder?: string } = {}) => (
    <TextField name={name === "param" ? "params" : name} label={label} value={form.value[name] ?? ""} fault={fault.value} onValue={(v) => put(name, v)} {...more} />
  );
  const secret = (name: (typeof secrets)[number], label: string, help: string) => (
    <div class="told-secret">
      {name === "headers"
        ? <Field name={name} label={label} help={kept.has(name) ? words.keptSecret : help} fault={fault.value}>{(by, wrong) => <textarea rows={2} value={form.value[name] ?? ""} placeholder="Authorization: …" aria-describedby={by} aria-invalid={wrong} onInput={(e) => put(name, e.currentTarget.value)} />}</Field>
        : <TextField name={name} label={label} type="password" autocomplete="new-password" value={form.value[name] ?? ""} help={kept.has(name) ? words.keptSecret : help} fault={fault.value} onValue={(v) => put(name, v)} />}
      {kept.has(name) && <label class="check"><input type="checkbox" checked={taken.value.has(name)} onChange={(e) => { const next = new Set(taken.peek()); if (e.currentTarget.checked) next.add(name); else next.delete(name); taken.value = next; }} /> {words.forget}</label>}
    </div>
  );
  const flag = (name: "resolved" | "acknowledged") => <label class="check"><input type="checkbox" checked={flags.value[name]} onChange={(e) => { flags.value = { ...flags.peek(), [name]: e.currentTarget.checked }; }} /> {words.flags[name]}</label>;
  const param = paramOf[form.value["preset"] ?? ""];
  return (
    <form class="card told-form" onSubmit={send}>
      <Field name="type" label={tools.boards.type} fault={fault.value}>{(by) => <select value={type.value} disabled={channel !== null} aria-describedby={by} onChange={(e) => { type.value = channelTypes.find((t) => t === e.currentTarget.value) ?? "email"; }}>{channelTypes.map((t) => <option key={t} value={t}>{words.types[t]}</option>)}</select>}</Field>
      {field("name", tools.boards.name)}
      {type.value === "email" && (
        <>
          {field("to", words.to, { required: true, help: words.toHelp })}
          {field("server", words.server, { placeholder: words.ofSettings, help: words.serverHelp })}
          {field("port", words.port, { type: "number" })}
          <Field name="security" label={words.security} fault={fault.value} help={words.securityHelp}>{(by) => <select value={form.value["security"]} aria-describedby={by} onChange={(e) => put("security", e.currentTarget.value)}>{securities.map((s) => <option key={s} value={s}>{s.toUpperCase()}</option>)}</select>}</Field>
          {field("user", words.user)}{secret("password", words.password, "")}{field("from", words.from)}
        </>
      )}
      {type.value === "webhook" && (
        <>
          {field("url", words.url, { required: true, type: "url", placeholder: "https://", help: words.urlHelp })}
          {channel?.body["template"] === undefined
            ? <Field name="preset" label={words.preset} fault={fault.value}>{(by) => <select value={form.value["preset"]} aria-describedby={by} onChange={(e) => put("preset", e.currentTarget.value)}>{presets.map((p) => <option key={p} value={p}>{p}</option>)}</select>}</Field>
            : <p class="quiet">{words.hasTemplate}</p>}
          {param !== undefined && field("param", param, { required: true, help: words.paramHelp })}
          {secret("secret", words.secret, words.secretHelp)}{secret("headers", words.headers, words.headersHelp)}
        </>
      )}
      {type.value === "mqtt" && field("topic", words.topic, { placeholder: "telltale/alerts", help: words.topicHelp })}
      {field("budget", words.budget, { type: "number", help: words.budgetHelp })}
      {type.value !== "mqtt" && <div class="told-flags">{flag("resolved")}{flag("acknowledged")}</div>}
      <FormEnd fault={fault.value} busy={busy.value} words={channel === null ? words.add : words.saveIt} onCancel={onDone} />
    </form>
  );
}
