// SPDX-License-Identifier: Apache-2.0
// Which devices a rule is about, as far as this page knows them; and what may be chosen for one.

import type { RuleForm, Scope } from "../lib/rule-form";
import { allDevices, fleet, unitOf } from "./fleet";
import { optionsOf } from "./options";

export function devicesOfScope({ scope, scoped, sensor }: RuleForm): string[] {
  fleet.value;
  if (scope === "device" || scope === "devices") return scoped.filter((id) => id !== "");
  return [...allDevices()].filter((d) => sensor === "" || d.sensors.some((s) => s.id === sensor)).filter((d) =>
    scope === "all" || (scope === "tag" ? d.tags.some((t) => scoped.includes(t)) : scoped.includes(d.model))).map((d) => d.id).sort((a, b) => a.localeCompare(b));
}

/** What the limits of a rule are stored in: the unit that its devices have for the sensor, empty where they differ. */
export function unitOfForm(form: RuleForm): string {
  if (form.condition === "status") return "";
  const [unit = "", ...rest] = devicesOfScope(form).map((id) => unitOf(id, form.sensor));
  return rest.some((other) => other !== unit) ? "" : unit;
}

export function choicesOf(scope: Scope): string[] {
  return scope === "tag" || scope === "model" ? optionsOf(scope) : optionsOf("device");
}

/** Sensors of the devices that are meant. */
export function sensorsOf(form: RuleForm): string[] {
  const devices = new Set(devicesOfScope({ ...form, sensor: "" }));
  const all = [...allDevices()].filter((d) => devices.has(d.id)).flatMap((d) => d.sensors.map((s) => s.id));
  return [...new Set(all)].sort((a, b) => a.localeCompare(b)).slice(0, 500);
}
