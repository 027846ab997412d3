// SPDX-License-Identifier: Apache-2.0
// A rule as a sentence of controls: When [temperature] of [all tagged cold] is [above] [−15 °C] for [5 min] raise [critical];
// resolve [below] [−16 °C] for [1 min]; tell [night shift].

import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatCount } from "../../lib/format";
import { converter, shownUnit } from "../../lib/units";
import { backAt, conditions, deviceStatuses, hasOrder, hasRange, hasThreshold, rises, scopes, withBack, type Condition, type RuleForm, type Scope } from "../../lib/rule-form";
import type { Severity } from "../../net/wire";
import { deviceOf } from "../../state/fleet";
import { choicesOf, devicesOfScope, sensorsOf, unitOfForm } from "../../state/rule-scope";
import { tellChoices } from "../../state/tell";
import { Glyph } from "../glyph";

interface Props {
  readonly form: RuleForm;
  readonly onChange: (form: RuleForm) => void;
}

function Line({ word, children }: { word: string; children: ComponentChildren }) {
  return <div class="rule-line"><span class="rule-word">{word}</span><div class="rule-controls">{children}</div></div>;
}

/**
 * What is typed stands until it is a number; a number is taken at once, as the line beside it is. It is typed in the unit that is shown
 * and handed on in the sensor's own.
 */
function Num({ label, value, unit, kind = "limit", onValue }: { label: string; value: number; unit: string; kind?: "limit" | "distance"; onValue: (v: number) => void }) {
  return (
    <span class="num-field">
      <input type="number" step="any" aria-label={label} value={converter?.[kind](value, unit) ?? value} onInput={(e) => { const v = e.currentTarget.valueAsNumber; if (Number.isFinite(v)) onValue(converter?.stored[kind](v, unit) ?? v); }} />
      {unit !== "" && <span class="num-unit" aria-hidden="true">{shownUnit(unit)}</span>}
    </span>
  );
}

function Span({ label, value, onValue, hint }: { label: string; value: string; onValue: (v: string) => void; hint: string }) {
  return <input class="short" aria-label={label} value={value} placeholder={hint} pattern="[0-9]+(ms|s|m|h|d)" title={tools.rules.spanHow} onChange={(e) => onValue(e.currentTarget.value.trim())} />;
}

function Scoped({ form, onChange }: Props) {
  const options = choicesOf(form.scope);
  const name = (v: string): string => (form.scope === "device" || form.scope === "devices" ? deviceOf(v)?.name ?? v : v);
  const change = (scoped: readonly string[]): void => onChange({ ...form, scoped });
  if (form.scope === "all") return null;
  if (form.scope === "devices") {
    return (
      <>
        <select aria-label={tools.rules.which} value="" onChange={(e) => { const v = e.currentTarget.value; e.currentTarget.value = ""; if (v !== "") change([...form.scoped, v]); }}>
          <option value="">{tools.boards.more}</option>
          {options.filter((o) => !form.scoped.includes(o)).map((o) => <option key={o} value={o}>{name(o)}</option>)}
        </select>
        <div class="chips">{form.scoped.map((v) => <button key={v} type="button" class="chip" aria-label={tools.boards.without(name(v))} onClick={() => change(form.scoped.filter((s) => s !== v))}>{name(v)} ×</button>)}</div>
      </>
    );
  }
  const [value = ""] = form.scoped;
  return (
    <select aria-label={tools.rules.which} value={value} onChange={(e) => change([e.currentTarget.value])}>
      <option value="">{tools.boards.choose(tools.rules.scopes[form.scope])}</option>
      {value !== "" && !options.includes(value) && <option value={value}>{value}</option>}
      {options.map((o) => <option key={o} value={o}>{name(o)}</option>)}
    </select>
  );
}

function Limits({ form, onChange, unit, kind }: Props & { unit: string; kind: "limit" | "distance" }) {
  const { condition } = form;
  const words = tools.rules;
  return (
    <>
      {hasThreshold(condition) && <Num label={words.limit} value={form.threshold} unit={unit} kind={kind} onValue={(threshold) => onChange({ ...form, threshold })} />}
      {hasRange(condition) && <><Num label={words.low} value={form.low} unit={unit} onValue={(low) => onChange({ ...form, low })} /><span>{words.and}</span><Num label={words.high} value={form.high} unit={unit} onValue={(high) => onChange({ ...form, high })} /></>}
      {condition === "rate_of_change" && <select aria-label={words.per} value={form.per} onChange={(e) => onChange({ ...form, per: e.currentTarget.value as RuleForm["per"] })}>{(["second", "minute", "hour"] as const).map((p) => <option key={p} value={p}>{words.perWords(p)}</option>)}</select>}
      {condition === "no_data" && <Span label={words.silentFor} value={form.window} hint="10m" onValue={(window) => onChange({ ...form, window })} />}
      {condition === "status" && deviceStatuses.map((s) => (
        <label key={s} class="check"><input type="checkbox" checked={form.statuses.includes(s)} onChange={(e) => onChange({ ...form, statuses: deviceStatuses.filter((d) => (d === s ? e.currentTarget.checked : form.statuses.includes(d))) })} /> {say.status[s]}</label>
      ))}
    </>
  );
}

function Smoothing({ form, onChange }: Props) {
  const words = tools.rules;
  if (form.condition === "rate_of_change") return <Line word={words.over}><Span label={words.over} value={form.window} hint="5m" onValue={(window) => onChange({ ...form, window })} /></Line>;
  if (!hasRange(form.condition) && !hasThreshold(form.condition)) return null;
  return (
    <Line word={words.of}>
      <select aria-label={words.of} value={form.function} onChange={(e) => onChange({ ...form, function: e.currentTarget.value as RuleForm["function"] })}>
        <option value="">{words.newest}</option>
        {(["mean", "min", "max"] as const).map((f) => <option key={f} value={f}>{words.functions[f]}</option>)}
      </select>
      {form.function !== "" && <><span>{words.over}</span><Span label={words.over} value={form.window} hint="5m" onValue={(window) => onChange({ ...form, window })} /></>}
    </Line>
  );
}

/** Where it ends: at the limit itself, so far back, or at a value of its own. */
function Resolve({ form, onChange, unit }: Props & { unit: string }) {
  const words = tools.rules;
  const at = hasThreshold(form.condition) && form.condition !== "rate_of_change";
  return (
    <>
      {hasOrder(form.condition) && (
        <Line word={words.resolve}>
          <select aria-label={words.resolve} value={form.back} onChange={(e) => {
            const back = e.currentTarget.value as RuleForm["back"];
            onChange(back === "at" ? withBack({ ...form, back }, backAt(form) ?? form.threshold) : { ...form, back });
          }}>
            <option value="none">{words.backNone}</option><option value="by">{words.hysteresis}</option>{at && <option value="at">{rises(form.condition) ? words.backBelow : words.backAbove}</option>}
          </select>
          {form.back === "by" && <Num label={words.hysteresis} value={form.hysteresis} unit={unit} kind="distance" onValue={(v) => onChange({ ...form, hysteresis: Math.max(0, v) })} />}
          {form.back === "at" && at && <Num label={words.resolveLimit} value={form.clear} unit={unit} onValue={(clear) => onChange({ ...form, clear })} />}
        </Line>
      )}
      <Line word={hasOrder(form.condition) ? words.for : words.resolve}><Span label={words.clearFor} value={form.clearHold} hint={words.atOnce} onValue={(clearHold) => onChange({ ...form, clearHold })} /><span class="quiet">{words.clearHow}</span></Line>
    </>
  );
}

function Tell({ form, onChange }: Props) {
  const choices = useSignal<readonly (readonly [string, string])[]>([]);
  useEffect(() => void tellChoices().then((found) => { choices.value = found; }, () => undefined), []);
  const words = tools.rules;
  if (form.kept["notify"] !== undefined) return <Line word={words.tell}><span class="quiet">{words.tellMore}</span></Line>;
  const known = form.tell === "" || form.tell === "push" || form.tell === "email" || choices.value.some(([v]) => v === form.tell);
  return (
    <Line word={words.tell}>
      <select aria-label={words.tell} value={form.tell} onChange={(e) => onChange({ ...form, tell: e.currentTarget.value })}>
        <option value="">{words.tellRoutes}</option><option value="push">{words.tellPush}</option><option value="email">{words.tellMail}</option>
        {choices.value.map(([v, name]) => <option key={v} value={v}>{name}</option>)}
        {!known && <option value={form.tell}>{form.tell}</option>}
      </select>
    </Line>
  );
}

export function RuleSentence({ form, onChange }: Props) {
  const sensors = sensorsOf(form);
  const words = tools.rules;
  const devices = devicesOfScope(form);
  const unit = unitOfForm(form);
  const kind = form.condition === "rate_of_change" ? "distance" : "limit";
  const escalates = hasThreshold(form.condition) && form.severity !== "critical";
  return (
    <div class="sentence">
      {form.condition !== "status" && (
        <Line word={words.when}><input aria-label={words.when} list="rule-sensors" value={form.sensor} maxLength={256} onChange={(e) => onChange({ ...form, sensor: e.currentTarget.value })} /><datalist id="rule-sensors">{sensors.map((s) => <option key={s} value={s} />)}</datalist></Line>
      )}
      <Line word={form.condition === "status" ? words.when : words.about}>
        <select aria-label={words.about} value={form.scope} onChange={(e) => onChange({ ...form, scope: e.currentTarget.value as Scope, scoped: [] })}>{scopes.map((s) => <option key={s} value={s}>{words.scopes[s]}</option>)}</select>
        <Scoped form={form} onChange={onChange} />
        {devices.length > 1 && <span class="quiet">{words.deviceCount(formatCount(devices.length))}</span>}
      </Line>
      <Line word={words.is}>
        <select aria-label={words.is} value={form.condition} onChange={(e) => onChange({ ...form, condition: e.currentTarget.value as Condition })}>{conditions.map((c) => <option key={c} value={c}>{words.conditions[c]}</option>)}</select>
        <Limits form={form} onChange={onChange} unit={unit} kind={kind} />
      </Line>
      <Smoothing form={form} onChange={onChange} />
      <Line word={words.for}><Span label={words.for} value={form.hold} hint={words.atOnce} onValue={(hold) => onChange({ ...form, hold })} /></Line>
      <Line word={words.raise}>
        <span class="severity-field"><Glyph name={form.severity} /><select aria-label={words.raise} value={form.severity} onChange={(e) => onChange({ ...form, severity: e.currentTarget.value as Severity })}>{(["info", "warning", "critical"] as const).map((s) => <option key={s} value={s}>{say.severity[s]}</option>)}</select></span>
        {escalates && <label class="check"><input type="checkbox" checked={form.escalateAt !== null} onChange={(e) => onChange({ ...form, escalateAt: e.currentTarget.checked ? form.threshold : null })} /> {words.criticalAt}</label>}
        {escalates && form.escalateAt !== null && <Num label={words.criticalAt} value={form.escalateAt} unit={unit} kind={kind} onValue={(escalateAt) => onChange({ ...form, escalateAt })} />}
      </Line>
      <hr />
      <Resolve form={form} onChange={onChange} unit={unit} />
      <Tell form={form} onChange={onChange} />
    </div>
  );
}
