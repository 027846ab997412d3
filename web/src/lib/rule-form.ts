// SPDX-License-Identifier: Apache-2.0
// A rule as a person fills it in, and the same as the server takes it. What a form can't say, groups of conditions and the like, is kept as text.

import type { Severity } from "../net/wire";

export const conditions = [
  "greater_than", "less_than", "greater_or_equal", "less_or_equal", "equals", "not_equals", "between", "outside", "rate_of_change", "no_data", "status",
] as const;
export type Condition = (typeof conditions)[number];
export const scopes = ["device", "devices", "tag", "model", "all"] as const;
export type Scope = (typeof scopes)[number];

export const deviceStatuses = ["offline", "unknown", "asleep", "online"] as const;
export type DeviceStatus = (typeof deviceStatuses)[number];
export type Fields = Readonly<Record<string, unknown>>;

export interface RuleForm {
  readonly name: string;
  readonly scope: Scope;
  /** Device ids, or one tag or model. */
  readonly scoped: readonly string[];
  readonly sensor: string;
  readonly condition: Condition;
  readonly threshold: number;
  readonly low: number;
  readonly high: number;
  /** Durations as people write them, "5m"; empty: none. */
  readonly window: string;
  readonly function: "" | "mean" | "min" | "max";
  readonly per: "second" | "minute" | "hour";
  readonly hold: string;
  readonly clearHold: string;
  /** What it must go back to before it resolves: past the limit by so much, or to a value of its own. */
  readonly back: "none" | "by" | "at";
  readonly hysteresis: number;
  readonly clear: number;
  /** Which statuses raise a rule on the status. */
  readonly statuses: readonly DeviceStatus[];
  readonly severity: Severity;
  /** Null: it is never raised. */
  readonly escalateAt: number | null;
  /** The one whom it tells, "channel:ID", "person:ID", "push" or "email"; empty: whom the routes say. */
  readonly tell: string;
  /** What a form does not show and leaves as it is. */
  readonly kept: Fields;
  readonly enabled: boolean;
}

export const emptyForm: RuleForm = {
  name: "", scope: "device", scoped: [], sensor: "", condition: "greater_than", threshold: 0, low: 0, high: 0, window: "", function: "", per: "minute",
  hold: "", clearHold: "", back: "none", hysteresis: 0, clear: 0, statuses: ["offline"], severity: "warning", escalateAt: null, tell: "", kept: {}, enabled: true,
};

const fields = (x: unknown): Fields => (typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : {});
const text = (x: unknown): string => (typeof x === "string" ? x : typeof x === "number" ? `${x}ms` : "");
const number = (x: unknown): number | null => (typeof x === "number" && Number.isFinite(x) ? x : null);
const oneOf = <T extends string>(x: unknown, all: readonly T[], otherwise: T): T => (all.includes(x as T) ? (x as T) : otherwise);

const known = ["id", "createdAt", "updatedAt", "name", "deviceId", "sensorType", "condition", "threshold", "scope", "when", "for", "clear_for", "severity", "escalate_at", "enabled", "notify"];
/** Of no bearing on when it fires: a form leaves them alone. */
const passed = ["message", "labels", "notify_late", "mutes"];
const knownOfWhen = ["sensor", "condition", "threshold", "low", "high", "window", "function", "per", "hysteresis", "clear", "status"];

function scopeOf(raw: Fields): { scope: Scope; scoped: readonly string[] } | null {
  if (typeof raw["deviceId"] === "string") return { scope: "device", scoped: [raw["deviceId"]] };
  const scope = fields(raw["scope"]);
  const [kind] = Object.keys(scope);
  if (kind === undefined || !(scopes as readonly string[]).includes(kind)) return null;
  const value = scope[kind];
  return { scope: kind as Scope, scoped: Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [] };
}

/** Whom a rule tells that names one and says nothing else; null: more than that. */
function tellOf(raw: unknown): string | null {
  if (raw === undefined) return "";
  const f = fields(raw);
  const to = f["to"];
  return Object.keys(f).length === 1 && Array.isArray(to) && to.length === 1 && typeof to[0] === "string" ? to[0] : null;
}

/** Null: there is another than those of a device. */
function statusesOf(raw: unknown): readonly DeviceStatus[] | null {
  if (raw === undefined) return ["offline"];
  const list = Array.isArray(raw) ? raw : [raw];
  const found = deviceStatuses.filter((s) => list.includes(s));
  return found.length === list.length && found.length > 0 ? found : null;
}

/** Null: the rule says more than a form can. */
export function formOf(raw: unknown): RuleForm | null {
  const f = fields(raw);
  const when = f["when"] === undefined ? { ...f, sensor: f["sensorType"] } : fields(f["when"]);
  const scope = scopeOf(f);
  const plain = f["when"] === undefined || Object.keys(when).every((key) => knownOfWhen.includes(key));
  const limits = ["threshold", "low", "high", "clear", "hysteresis"].every((key) => when[key] === undefined || number(when[key]) !== null);
  if (!scope || !plain || !limits || !Object.keys(f).every((key) => known.includes(key) || passed.includes(key)) || !(conditions as readonly unknown[]).includes(when["condition"])) return null;
  const [tell, statuses] = [tellOf(f["notify"]), statusesOf(when["status"])];
  if (statuses === null || (when["clear"] !== undefined && when["hysteresis"] !== undefined && when["hysteresis"] !== 0)) return null;
  const kept = Object.fromEntries(Object.entries(f).filter(([key]) => passed.includes(key) || (key === "notify" && tell === null)));
  if (f["escalate_at"] !== undefined && number(f["escalate_at"]) === null) return null;
  return {
    ...emptyForm, ...scope, name: text(f["name"]), sensor: text(when["sensor"]), condition: when["condition"] as Condition,
    threshold: number(when["threshold"]) ?? 0, low: number(when["low"]) ?? 0, high: number(when["high"]) ?? 0,
    window: text(when["window"]), function: oneOf(when["function"], ["mean", "min", "max"] as const, "" as never), per: oneOf(when["per"], ["second", "minute", "hour"] as const, "minute"),
    hold: text(f["for"]), clearHold: text(f["clear_for"]),
    back: when["clear"] !== undefined ? "at" : (number(when["hysteresis"]) ?? 0) > 0 ? "by" : "none", hysteresis: number(when["hysteresis"]) ?? 0, clear: number(when["clear"]) ?? 0,
    statuses, tell: tell ?? "", kept,
    severity: oneOf(f["severity"], ["info", "warning", "critical"] as const, "warning"), escalateAt: number(f["escalate_at"]), enabled: f["enabled"] !== false,
  };
}

export const hasRange = (c: Condition): boolean => c === "between" || c === "outside";
export const hasThreshold = (c: Condition): boolean => !hasRange(c) && c !== "no_data" && c !== "status";

/** Whether it has a side to go back to. */
export const hasOrder = (c: Condition): boolean => hasRange(c) || c === "rate_of_change" || c.startsWith("greater") || c.startsWith("less");
export const rises = (c: Condition): boolean => c.startsWith("greater");

/** The value at which it resolves, where that is another than the limit. */
export function backAt(form: RuleForm): number | null {
  if (form.back === "at") return form.clear;
  return form.back === "by" ? form.threshold + (rises(form.condition) ? -form.hysteresis : form.hysteresis) : null;
}

/** The same form with another value at which it resolves, said as it was said before; never beyond the limit. */
export function withBack(form: RuleForm, value: number): RuleForm {
  const v = rises(form.condition) ? Math.min(value, form.threshold) : Math.max(value, form.threshold);
  return form.back === "by" ? { ...form, hysteresis: Number(Math.abs(form.threshold - v).toPrecision(12)) } : { ...form, back: "at", clear: v };
}

function scopeBody(form: RuleForm): Fields {
  if (form.scope === "all") return { all: true };
  return { [form.scope]: form.scope === "devices" ? form.scoped : form.scoped[0] ?? "" };
}

/** As the server takes it: nothing but what this rule needs. */
export function ruleOf(form: RuleForm): Record<string, unknown> {
  const { condition } = form;
  const windowed = condition === "no_data" || condition === "rate_of_change" || form.function !== "";
  const when = {
    ...(condition === "status" ? {} : { sensor: form.sensor }), condition,
    ...(hasThreshold(condition) ? { threshold: form.threshold } : {}), ...(hasRange(condition) ? { low: form.low, high: form.high } : {}),
    ...(windowed && form.window !== "" ? { window: form.window } : {}), ...(form.function !== "" && condition !== "no_data" && condition !== "status" && condition !== "rate_of_change" ? { function: form.function } : {}),
    ...(condition === "rate_of_change" ? { per: form.per } : {}), ...(form.back === "by" && form.hysteresis > 0 && hasOrder(condition) ? { hysteresis: form.hysteresis } : {}),
    ...(form.back === "at" && hasOrder(condition) && !hasRange(condition) ? { clear: form.clear } : {}),
    ...(condition === "status" && (form.statuses.length !== 1 || form.statuses[0] !== "offline") ? { status: form.statuses } : {}),
  };
  return {
    ...(form.name === "" ? {} : { name: form.name }), scope: scopeBody(form), when, ...(form.hold === "" ? {} : { for: form.hold }),
    ...(form.clearHold === "" ? {} : { clear_for: form.clearHold }), severity: form.severity,
    ...form.kept, ...(form.tell === "" ? {} : { notify: { to: [form.tell] } }),
    ...(form.escalateAt === null || !hasThreshold(condition) ? {} : { escalate_at: form.escalateAt }), enabled: form.enabled,
  };
}

/** What is still missing, by the field that lacks it; null: it can be tried. */
export function lacking(form: RuleForm): "scope" | "sensor" | "window" | "status" | null {
  if (form.scope !== "all" && form.scoped.filter((s) => s !== "").length === 0) return "scope";
  if (form.condition === "status" && form.statuses.length === 0) return "status";
  if (form.sensor === "" && form.condition !== "status") return "sensor";
  if ((form.condition === "no_data" || form.condition === "rate_of_change" || form.function !== "") && form.window === "") return "window";
  return null;
}
