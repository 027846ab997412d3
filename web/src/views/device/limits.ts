// SPDX-License-Identifier: Apache-2.0
// Rules as limits on charts and gauges, all in the unit that is shown.

import type { GaugeLimit } from "../../charts/gauge";
import type { PlotLimit } from "../../charts/model";
import { say } from "../../i18n/say";
import type { Range } from "../../lib/track";
import { shownUnit } from "../../lib/units";
import type { Rule, Sensor } from "../../net/wire";
import { side } from "../../state/rules";
import { limitText } from "../alert-text";

/** Whether the value fires the rule. */
export function crosses(rule: Rule, v: number | null): boolean {
  if (v === null) return false;
  switch (rule.condition) {
    case "greater_than": return v > rule.threshold;
    case "greater_or_equal": return v >= rule.threshold;
    case "less_than": return v < rule.threshold;
    case "less_or_equal": return v <= rule.threshold;
    case "equals": return v === rule.threshold;
    case "not_equals": return v !== rule.threshold;
    default: return false;
  }
}

export function plotLimits(rules: readonly Rule[], sensor: Sensor, v: number | null): PlotLimit[] {
  return rules.filter((r) => r.condition !== "not_equals").map((r) => ({
    value: r.threshold, clear: r.clear, severity: r.severity, crossed: crosses(r, v), unit: shownUnit(sensor.unit),
    label: `${say.sign(r.condition)} ${limitText(r.threshold, shownUnit(sensor.unit))} ${r.name || say.severity[r.severity]}`,
  }));
}

export function gaugeLimits(rules: readonly Rule[], range: Range, v: number | null): GaugeLimit[] {
  return rules.flatMap((r) => {
    const from = side(r.condition) > 0 ? r.threshold : range.min;
    const to = side(r.condition) < 0 ? r.threshold : range.max;
    return side(r.condition) === 0 || from >= to ? [] : [{ from, to, severity: r.severity, crossed: crosses(r, v) }];
  });
}
