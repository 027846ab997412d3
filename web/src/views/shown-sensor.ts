// SPDX-License-Identifier: Apache-2.0

import { shownDecimals, shownUnit, toShown } from "../lib/units";
import type { Sensor } from "../net/wire";

/** A sensor as it is shown: its range and decimals in the reader's unit. */
export function shownSensor(s: Sensor): Sensor {
  const { unit, min, max, decimals } = s;
  return { ...s, unit: shownUnit(unit), min: toShown(min, unit), max: toShown(max, unit), decimals: decimals === null ? null : shownDecimals(decimals, unit) };
}
