// SPDX-License-Identifier: Apache-2.0
// The rules, each as a sentence, with what it raised lately.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { problemText } from "../../lib/problem";
import { converter, shownUnit } from "../../lib/units";
import { backAt, formOf, hasRange, hasThreshold, rises, type RuleForm } from "../../lib/rule-form";
import type { RuleBody } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { loadRuleBodies, setRuleEnabled } from "../../state/rule-bodies";
import { unitOfForm } from "../../state/rule-scope";
import { mayChange } from "../../state/session";
import { deviceName, limitText } from "../alert-text";
import { SeverityBadge } from "../glyph";

function scopeText({ scope, scoped }: RuleForm): string {
  if (scope === "all") return tools.rules.scopes.all;
  const names = scope === "device" || scope === "devices" ? scoped.map(deviceName) : scoped;
  return tools.rules.scopeOf(tools.rules.scopes[scope], names.slice(0, 3).join(", "), Math.max(0, names.length - 3));
}

/** "−15 °C", "10 and 20 °C", "2 °C" of a rate. */
function limitWords(form: RuleForm): string {
  const unit = unitOfForm(form);
  if (form.condition === "rate_of_change") return limitText(converter?.distance(form.threshold, unit) ?? form.threshold, shownUnit(unit));
  if (hasThreshold(form.condition)) return limitText(form.threshold, unit);
  return hasRange(form.condition) ? tools.rules.range(limitText(form.low, unit), limitText(form.high, unit)) : form.window;
}

/** "temperature of cold store 1 above 4 °C for 5m" */
export function sentenceOf(body: RuleBody): string {
  const form = formOf(body);
  if (form === null) return tools.rules.combined;
  return tools.rules.sentence(form.condition === "status" ? tools.rules.status : form.sensor, scopeText(form), tools.rules.conditions[form.condition], limitWords(form), form.hold);
}

/** The whole rule as sentences: when it fires, whom it tells, when it ends. */
export function inWords(body: RuleBody): string {
  const form = formOf(body);
  if (form === null) return tools.rules.combined;
  const words = tools.rules;
  const { condition } = form;
  const limit = condition === "status" ? form.statuses.map((s) => say.status[s]).join(", ") : limitWords(form);
  const back = backAt(form);
  return words.sentences({
    what: condition === "status" ? words.status : form.sensor, scope: scopeText(form), condition: condition === "status" ? "" : words.conditions[condition], limit,
    hold: form.hold, severity: say.severity[form.severity].toLowerCase(), clear: form.clearHold, tell: form.tell === "" ? "" : form.tell.replace(/^\w+:/, ""),
    back: back === null || condition === "rate_of_change" ? "" : `${rises(condition) ? words.backBelow : words.backAbove} ${limitText(back, unitOfForm(form))}`,
  });
}

function Row({ body, onChanged }: { body: RuleBody; onChanged: () => void }) {
  const id = String(body["id"]);
  const problem = useSignal<string | null>(null);
  const open = openAlerts.value.filter((a) => a.ruleId === id).length;
  const enabled = body["enabled"] !== false;
  const severity = body["severity"] === "critical" || body["severity"] === "info" ? body["severity"] : "warning";
  const toggle = (): void => void setRuleEnabled(id, !enabled).then(onChanged, (e: unknown) => { problem.value = problemText(e); });
  return (
    <li class={enabled ? "rule-row" : "rule-row muted"}>
      <SeverityBadge alert={{ severity, acknowledged: false, resolved: !enabled }} />
      <div class="rule-words">
        <a href={`/rules/${encodeURIComponent(id)}`}>{typeof body["name"] === "string" && body["name"] !== "" ? body["name"] : sentenceOf(body)}</a>
        {typeof body["name"] === "string" && body["name"] !== "" && <span class="quiet">{sentenceOf(body)}</span>}
        {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
      </div>
      <span class="quiet">{open > 0 ? tools.rules.open(open) : ""}</span>
      <label class="form-field form-row"><input type="checkbox" checked={enabled} disabled={!mayChange.value} onChange={toggle} /> {tools.rules.on}</label>
    </li>
  );
}

export function RulesList() {
  const all = useSignal<readonly RuleBody[] | "loading" | "failed">("loading");
  const load = (): void => {
    loadRuleBodies().then((bodies) => { all.value = bodies; }, () => { all.value = "failed"; });
  };
  useEffect(load, []);
  const list = all.value;
  return (
    <>
      {mayChange.value && <div class="form-acts"><a class="button button-primary" href="/rules/new">{tools.rules.new}</a></div>}
      {list === "loading" && <p class="quiet">{say.loading}</p>}
      {list === "failed" && <p role="alert">{tools.rules.failed} <button type="button" class="button" onClick={load}>{say.chart.retry}</button></p>}
      {typeof list === "object" && list.length === 0 && <p class="empty">{tools.rules.none}</p>}
      {typeof list === "object" && list.length > 0 && <ul class="card rule-list">{list.map((body) => <Row key={String(body["id"])} body={body} onChanged={load} />)}</ul>}
    </>
  );
}
