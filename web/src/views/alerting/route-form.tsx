// SPDX-License-Identifier: Apache-2.0
// One route as a form: of which alerts, at which hours, whom at once, and whom while nobody acknowledges.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { days, emptyRoute, groups, mostSteps, routeBody, routeForm, severities, type RouteForm, type Step } from "../../lib/routing";
import { channels, nameOf, people, save } from "../../state/channels";
import { loadRuleBodies } from "../../state/rule-bodies";
import { optionsOf } from "../../state/options";
import { deviceName } from "../alert-text";
import { sentenceOf } from "../rules/rules-list";
import { Field, FormEnd, ManyField, TextField, useSaving, type Fault } from "./form-parts";

type Kept = NonNullable<typeof channels.value>[number];
type Choices = readonly (readonly [string, string])[];

/** Rules by id, each with its name or what it says. */
export function useRuleChoices(): Choices {
  const found = useSignal<Choices>([]);
  // Without them ids stand for themselves.
  useEffect(() => void loadRuleBodies().then((all) => { found.value = all.map((r) => [String(r["id"]), typeof r["name"] === "string" && r["name"] !== "" ? r["name"] : sentenceOf(r)]); }, () => undefined), []);
  return found.value;
}

function targetChoices(): Choices {
  const words = tools.channels;
  return [
    ...(people.value ?? []).map((p) => [`person:${p.id}`, words.personTarget(nameOf(p))] as const), ...(channels.value ?? []).map((c) => [`channel:${c.id}`, nameOf(c)] as const),
    ["push", words.targets.push], ["email", words.targets.email],
  ];
}

/** A box each, for what has few values. */
function Boxes<T extends string>({ name, label, help, all, chosen, wordsOf, fault, onChosen }: { name: string; label: string; help: string; all: readonly T[]; chosen: readonly T[]; wordsOf: (t: T) => string; fault: Fault | null; onChosen: (chosen: readonly T[]) => void }) {
  const put = (value: T, on: boolean): void => onChosen(all.filter((v) => (v === value ? on : chosen.includes(v))));
  return (
    <fieldset class="told-field told-boxes">
      <legend>{label}</legend>
      {all.map((v) => <label key={v} class="check"><input type="checkbox" checked={chosen.includes(v)} onChange={(e) => put(v, e.currentTarget.checked)} /> {wordsOf(v)}</label>)}
      {fault?.field === name && <span class="problem">{fault.why}</span>}
      <span class="quiet">{help}</span>
    </fieldset>
  );
}

function Steps({ steps, fault, onSteps }: { steps: readonly Step[]; fault: Fault | null; onSteps: (steps: readonly Step[]) => void }) {
  const words = tools.channels;
  const put = (i: number, step: Step): void => onSteps(steps.map((s, k) => (k === i ? step : s)));
  return (
    <fieldset class="told-field told-steps">
      <legend>{words.steps}</legend>
      {steps.map((s, i) => (
        <div key={i} class="told-step">
          <TextField name="after" label={words.after} value={s.after} placeholder="15m" required fault={fault} onValue={(after) => put(i, { ...s, after })} />
          <ManyField name="to" label={words.tellThen} chosen={s.to} choices={targetChoices()} fault={null} onChosen={(to) => put(i, { ...s, to })} />
          <button type="button" class="link" onClick={() => onSteps(steps.filter((_, k) => k !== i))}>{words.noStep}</button>
        </div>
      ))}
      {fault?.field === "steps" && <span class="problem">{fault.why}</span>}
      <span class="quiet">{words.stepsHelp}</span>
      {steps.length < mostSteps && <button type="button" class="button" onClick={() => onSteps([...steps, { after: "", to: [] }])}>{words.addStep}</button>}
    </fieldset>
  );
}

export function RouteFormCard({ route, onDone }: { route: Kept | null; onDone: () => void }) {
  const form = useSignal<RouteForm>(route ? routeForm(route.body) : emptyRoute(Intl.DateTimeFormat().resolvedOptions().timeZone));
  const rules = useRuleChoices();
  const words = tools.channels;
  const { fault, busy, send } = useSaving(() => save("routes", route, routeBody(form.peek())), onDone);
  const put = (more: Partial<RouteForm>): void => { form.value = { ...form.peek(), ...more }; };
  const f = form.value;
  const wrong = fault.value;
  const zones = (Intl as { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf?.("timeZone") ?? [];
  const own = (options: readonly string[]): Choices => options.map((o) => [o, o] as const);
  return (
    <form class="card told-form" onSubmit={send}>
      <TextField name="name" label={tools.boards.name} value={f.name} required fault={wrong} onValue={(name) => put({ name })} />
      <Boxes name="severity" label={tools.alerting.matchers.severity} help={words.noneIsAll} all={severities} chosen={f.severity} wordsOf={(s) => say.severity[s]} fault={wrong} onChosen={(severity) => put({ severity })} />
      <ManyField name="tags" label={tools.alerting.matchers.tag} help={words.noneIsAll} free chosen={f.tags} choices={own(optionsOf("tag"))} fault={wrong} onChosen={(tags) => put({ tags })} />
      <ManyField name="devices" label={tools.alerting.matchers.device} help={words.noneIsAll} free chosen={f.devices} choices={optionsOf("device").map((d) => [d, deviceName(d)] as const)} fault={wrong} onChosen={(devices) => put({ devices })} />
      <ManyField name="rules" label={tools.alerting.matchers.rule} help={words.noneIsAll} chosen={f.rules} choices={rules} fault={wrong} onChosen={(chosen) => put({ rules: chosen })} />
      <fieldset class="told-field told-hours">
        <legend>{words.hours}</legend>
        <label>{words.hoursFrom} <input type="time" value={f.from} onInput={(e) => put({ from: e.currentTarget.value })} /></label>
        <label>{words.hoursTo} <input type="time" value={f.until} onInput={(e) => put({ until: e.currentTarget.value })} /></label>
        <label>{words.zone} <input list="route-zones" value={f.zone} maxLength={64} placeholder="UTC" aria-invalid={wrong?.field === "zone"} onInput={(e) => put({ zone: e.currentTarget.value })} /></label>
        <datalist id="route-zones">{zones.map((z) => <option key={z} value={z} />)}</datalist>
        {(wrong?.field === "hours" || wrong?.field === "zone" || wrong?.field === "from") && <span class="problem">{wrong.why}</span>}
        <span class="quiet">{words.hoursHelp}</span>
      </fieldset>
      <Boxes name="days" label={words.days} help={words.daysHelp} all={days} chosen={f.days} wordsOf={(d) => tools.channels.dayNames[d]} fault={wrong} onChosen={(chosen) => put({ days: chosen })} />
      <ManyField name="to" label={words.tell} help={words.tellHelp} chosen={f.to} choices={targetChoices()} fault={wrong} onChosen={(to) => put({ to })} />
      <TextField name="repeat" label={words.repeat} value={f.repeat} placeholder={words.once} help={words.repeatHelp} fault={wrong} onValue={(repeat) => put({ repeat })} />
      <Field name="group" label={words.group} help={words.groupHelp} fault={wrong}>{(by) => <select value={f.group} aria-describedby={by} onChange={(e) => put({ group: groups.find((g) => g === e.currentTarget.value) ?? "rule" })}>{groups.map((g) => <option key={g} value={g}>{words.groups[g]}</option>)}</select>}</Field>
      <TextField name="interval" label={words.interval} value={f.interval} placeholder="5m" help={words.intervalHelp} fault={wrong} onValue={(interval) => put({ interval })} />
      <Steps steps={f.steps} fault={wrong} onSteps={(steps) => put({ steps })} />
      <FormEnd fault={wrong} busy={busy.value} words={route === null ? words.addRoute : words.saveIt} onCancel={onDone} />
    </form>
  );
}
