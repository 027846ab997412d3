// SPDX-License-Identifier: Apache-2.0
// Who is told of what, as sentences: each route with whom it tells, when, and what follows while nobody acknowledges.

import { useComputed, useSignal } from "@preact/signals";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { problemText } from "../../lib/problem";
import { days, routeBody, routeForm, toldBy, waysOf, type RouteForm } from "../../lib/routing";
import { channels, nameOf, people, peopleById, remove, routes, save, tests, tryChannel } from "../../state/channels";
import { deviceName } from "../alert-text";
import { RemoveByName } from "./form-parts";
import { RouteFormCard, useRuleChoices } from "./route-form";

type Kept = NonNullable<typeof routes.value>[number];

/** A target in words; one that is gone says so, since it tells nobody. */
export function targetWords(to: string): string {
  if (to === "push" || to === "email") return tools.channels.targets[to];
  const [list, id] = to.startsWith("person:") ? [people.value, to.slice(7)] : [channels.value, to.slice(8)];
  const found = (list ?? []).find((k) => k.id === id);
  return found ? nameOf(found) : tools.channels.goneTarget(id);
}

function whenWords(form: RouteForm): string {
  const words = tools.channels;
  const which = form.days.length === 0 || form.days.length === days.length ? "" : form.days.map((d) => tools.channels.dayNames[d]).join(", ");
  const hours = form.from === "" ? "" : words.between(form.from, form.until);
  return which === "" && hours === "" ? words.always : `${[which, hours].filter((t) => t !== "").join(" ")} (${form.zone === "" ? "UTC" : form.zone})`;
}

function whatWords(form: RouteForm, rules: ReadonlyMap<string, string>): string {
  const words = tools.channels;
  const parts = [
    form.severity.length === 0 || form.severity.length === 3 ? "" : form.severity.map((s) => say.severity[s]).join(", "),
    ...(form.tags.length === 0 ? [] : [words.tagged(form.tags.join(", "))]), ...(form.devices.length === 0 ? [] : [form.devices.map(deviceName).join(", ")]),
    ...(form.rules.length === 0 ? [] : [form.rules.map((r) => rules.get(r) ?? r).join(", ")]),
  ].filter((p) => p !== "");
  return parts.length === 0 ? words.everyAlert : parts.join(" · ");
}

function Tried({ ways }: { ways: readonly string[] }) {
  const all = tests.value;
  return (
    <>
      {ways.map((id) => {
        const result = all.get(id);
        if (result === undefined) return null;
        const words = result === "running" ? tools.channels.sending : result.ok ? tools.channels.worked(result.ms) : result.error;
        return <span key={id} class={result !== "running" && !result.ok ? "problem" : "quiet"} role="status">{targetWords(`channel:${id}`)}: {words}</span>;
      })}
    </>
  );
}

function Row({ route, rules, admin }: { route: Kept; rules: ReadonlyMap<string, string>; admin: boolean }) {
  const editing = useSignal(false);
  const tried = useSignal(false);
  const problem = useSignal<string | null>(null);
  const form = routeForm(route.body);
  const name = nameOf(route);
  const words = tools.channels;
  const list = (to: readonly string[]): string => to.map(targetWords).join(", ");
  const ways = useComputed(() => waysOf(toldBy(routeForm(route.body)), peopleById()));
  const enable = (enabled: boolean): void => void save("routes", route, routeBody({ ...form, enabled })).then((mine) => { problem.value = mine ? null : words.changedMeanwhile; }, (e: unknown) => { problem.value = words.notChanged(problemText(e)); });
  if (editing.value) return <li class="told-editing"><RouteFormCard route={route} onDone={() => { editing.value = false; }} /></li>;
  return (
    <li class={form.enabled ? "rule-row" : "rule-row muted"}>
      <div class="rule-words">
        <b>{name}</b>
        <span class="quiet">{whatWords(form, rules)}, {whenWords(form)}</span>
        {form.to.length > 0 && <span>{words.tells(list(form.to))}{form.repeat === "" ? "" : `, ${words.again(form.repeat)}`}</span>}
        {form.steps.map((s, i) => <span key={i}>{words.stepWords(s.after, list(s.to))}</span>)}
        {tried.value && <Tried ways={ways.value} />}
        {tried.value && ways.value.length === 0 && <span class="quiet">{words.nothingToTry}</span>}
        {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
      </div>
      {admin && (
        <>
          <button type="button" class="button" onClick={() => { tried.value = true; for (const id of ways.peek()) void tryChannel(id); }}>{words.test}</button>
          <button type="button" class="button" aria-label={words.editOne(name)} onClick={() => { editing.value = true; }}>{words.edit}</button>
          <label class="form-field form-row"><input type="checkbox" checked={form.enabled} onChange={(e) => { const on = e.currentTarget.checked; e.currentTarget.checked = form.enabled; enable(on); }} /> {tools.rules.on}</label>
          <RemoveByName name={name} users={() => Promise.resolve([])} onRemove={() => remove("routes", route.id)} />
        </>
      )}
    </li>
  );
}

export function Routes({ admin }: { admin: boolean }) {
  const adding = useSignal(false);
  const rules = useRuleChoices();
  const names = new Map(rules);
  const all = routes.value ?? [];
  const words = tools.channels;
  return (
    <section class="told-part" aria-labelledby="routes">
      <header class="told-head"><h2 id="routes">{words.routes}</h2>{admin && !adding.value && <button type="button" class="button" onClick={() => { adding.value = true; }}>{words.addRoute}</button>}</header>
      <p class="quiet">{all.some((r) => r.body["enabled"] !== false) ? words.routesHow : words.routesNone}</p>
      {adding.value && <RouteFormCard route={null} onDone={() => { adding.value = false; }} />}
      {all.length > 0 && <ul class="card rule-list told-list">{all.map((r) => <Row key={r.id} route={r} rules={names} admin={admin} />)}</ul>}
    </section>
  );
}
