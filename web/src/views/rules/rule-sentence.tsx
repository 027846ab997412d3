// SPDX-License-Identifier: Apache-2.0
// A rule as a sentence of controls: When [temperature] of [all tagged cold] is [above] [−15 °C] for [5 min] raise [critical].

import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { conditions, hasRange, hasThreshold, scopes, type Condition, type RuleForm, type Scope } from "../../lib/rule-form";
import type { Severity } from "../../net/wire";
import { deviceOf } from "../../state/fleet";
import { choicesOf, sensorsOf } from "../../state/rule-scope";

interface Props {
  readonly form: RuleForm;
  readonly onChange: (form: RuleForm) => void;
}

function Number_({ label, value, onValue }: { label: string; value: number; onValue: (v: number) => void }) {
  return <label class="form-field">{label} <input type="number" step="any" value={value} onChange={(e) => { const v = e.currentTarget.valueAsNumber; if (Number.isFinite(v)) onValue(v); }} /></label>;
}

function Span({ label, value, onValue, hint }: { label: string; value: string; onValue: (v: string) => void; hint: string }) {
  return <label class="form-field">{label} <input class="short" value={value} placeholder={hint} pattern="[0-9]+(ms|s|m|h|d)" onChange={(e) => onValue(e.currentTarget.value.trim())} /></label>;
}

function Scoped({ form, onChange }: Props) {
  const options = choicesOf(form.scope);
  const name = (v: string): string => (form.scope === "device" || form.scope === "devices" ? deviceOf(v)?.name ?? v : v);
  const change = (scoped: readonly string[]): void => onChange({ ...form, scoped });
  if (form.scope === "all") return null;
  if (form.scope === "devices") {
    return (
      <div class="form-field"><span>{tools.rules.which}</span>
        <div class="chips">{form.scoped.map((v) => <button key={v} type="button" class="chip" aria-label={tools.boards.without(name(v))} onClick={() => change(form.scoped.filter((s) => s !== v))}>{name(v)} ×</button>)}</div>
        <select aria-label={tools.rules.which} value="" onChange={(e) => { const v = e.currentTarget.value; e.currentTarget.value = ""; if (v !== "") change([...form.scoped, v]); }}>
          <option value="">{tools.boards.more}</option>
          {options.filter((o) => !form.scoped.includes(o)).map((o) => <option key={o} value={o}>{name(o)}</option>)}
        </select>
      </div>
    );
  }
  const [value = ""] = form.scoped;
  return (
    <label class="form-field">{tools.rules.which}
      <select value={value} onChange={(e) => change([e.currentTarget.value])}>
        <option value="">{tools.boards.choose(tools.rules.scopes[form.scope])}</option>
        {value !== "" && !options.includes(value) && <option value={value}>{value}</option>}
        {options.map((o) => <option key={o} value={o}>{name(o)}</option>)}
      </select>
    </label>
  );
}

function Limits({ form, onChange }: Props) {
  const { condition } = form;
  const span = (label: string, key: "window", hint: string) => <Span label={label} value={form[key]} hint={hint} onValue={(v) => onChange({ ...form, [key]: v })} />;
  return (
    <>
      {hasThreshold(condition) && <Number_ label={tools.rules.limit} value={form.threshold} onValue={(threshold) => onChange({ ...form, threshold })} />}
      {hasRange(condition) && <><Number_ label={tools.rules.low} value={form.low} onValue={(low) => onChange({ ...form, low })} /><Number_ label={tools.rules.high} value={form.high} onValue={(high) => onChange({ ...form, high })} /></>}
      {condition === "rate_of_change" && (
        <label class="form-field">{tools.rules.per}
          <select value={form.per} onChange={(e) => onChange({ ...form, per: e.currentTarget.value as RuleForm["per"] })}>
            {(["second", "minute", "hour"] as const).map((p) => <option key={p} value={p}>{tools.rules.pers[p]}</option>)}
          </select>
        </label>
      )}
      {condition === "no_data" && span(tools.rules.silentFor, "window", "10m")}
      {condition === "rate_of_change" && span(tools.rules.over, "window", "5m")}
    </>
  );
}

function Smoothing({ form, onChange }: Props) {
  if (!hasRange(form.condition) && (!hasThreshold(form.condition) || form.condition === "rate_of_change")) return null;
  return (
    <div class="sentence-row">
      <label class="form-field">{tools.rules.of}
        <select value={form.function} onChange={(e) => onChange({ ...form, function: e.currentTarget.value as RuleForm["function"] })}>
          <option value="">{tools.rules.newest}</option>
          {(["mean", "min", "max"] as const).map((f) => <option key={f} value={f}>{tools.rules.functions[f]}</option>)}
        </select>
      </label>
      {form.function !== "" && <Span label={tools.rules.over} value={form.window} hint="5m" onValue={(window) => onChange({ ...form, window })} />}
    </div>
  );
}

export function RuleSentence({ form, onChange }: Props) {
  const sensors = sensorsOf(form);
  return (
    <div class="sentence">
      <div class="sentence-row">
        <label class="form-field">{tools.rules.about}
          <select value={form.scope} onChange={(e) => onChange({ ...form, scope: e.currentTarget.value as Scope, scoped: [] })}>
            {scopes.map((s) => <option key={s} value={s}>{tools.rules.scopes[s]}</option>)}
          </select>
        </label>
        <Scoped form={form} onChange={onChange} />
      </div>
      <div class="sentence-row">
        {form.condition !== "status" && (
          <label class="form-field">{tools.rules.when}
            <input list="rule-sensors" value={form.sensor} maxLength={256} onChange={(e) => onChange({ ...form, sensor: e.currentTarget.value })} />
            <datalist id="rule-sensors">{sensors.map((s) => <option key={s} value={s} />)}</datalist>
          </label>
        )}
        <label class="form-field">{tools.rules.is}
          <select value={form.condition} onChange={(e) => onChange({ ...form, condition: e.currentTarget.value as Condition })}>
            {conditions.map((c) => <option key={c} value={c}>{tools.rules.conditions[c]}</option>)}
          </select>
        </label>
        <Limits form={form} onChange={onChange} />
      </div>
      <Smoothing form={form} onChange={onChange} />
      <div class="sentence-row">
        <Span label={tools.rules.for} value={form.hold} hint={tools.rules.atOnce} onValue={(hold) => onChange({ ...form, hold })} />
        <Span label={tools.rules.clearFor} value={form.clearHold} hint={tools.rules.atOnce} onValue={(clearHold) => onChange({ ...form, clearHold })} />
        {form.condition !== "no_data" && form.condition !== "status" && <Number_ label={tools.rules.hysteresis} value={form.hysteresis} onValue={(hysteresis) => onChange({ ...form, hysteresis: Math.max(0, hysteresis) })} />}
      </div>
      <div class="sentence-row">
        <label class="form-field">{tools.rules.raise}
          <select value={form.severity} onChange={(e) => onChange({ ...form, severity: e.currentTarget.value as Severity })}>
            {(["info", "warning", "critical"] as const).map((s) => <option key={s} value={s}>{say.severity[s]}</option>)}
          </select>
        </label>
        {hasThreshold(form.condition) && form.severity !== "critical" && (
          <label class="form-field form-row"><input type="checkbox" checked={form.escalateAt !== null} onChange={(e) => onChange({ ...form, escalateAt: e.currentTarget.checked ? form.threshold : null })} /> {tools.rules.escalates}</label>
        )}
        {form.escalateAt !== null && form.severity !== "critical" && <Number_ label={tools.rules.criticalAt} value={form.escalateAt} onValue={(escalateAt) => onChange({ ...form, escalateAt })} />}
      </div>
    </div>
  );
}
