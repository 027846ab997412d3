// SPDX-License-Identifier: Apache-2.0
// The usual range of series, asked for once a page, those of one moment together.

import { signal } from "@preact/signals";
import { fetchLearned } from "../net/learned";

/** As many as one question takes. */
const most = 64;
const found = new Map<string, readonly [number, number] | null>();
let wanted: { device: string; sensor: string }[] = [];
let planned = false;

/** Moves when ranges came. */
export const learnedSeries = signal(0);

const keyOf = (device: string, sensor: string): string => `${device}\n${sensor}`;

async function ask(): Promise<void> {
  planned = false;
  const names = wanted.splice(0, most);
  if (wanted.length > 0) plan();
  // One series that is gone refuses a question for all: then each is asked alone.
  const ranges = await fetchLearned(names).catch(async () => (await Promise.all(names.map((n) => fetchLearned([n]).catch(() => [])))).flat());
  for (const r of ranges) found.set(keyOf(r.device, r.sensor), [r.low, r.high]);
  learnedSeries.value++;
}

function plan(): void {
  if (planned) return;
  planned = true;
  queueMicrotask(() => void ask());
}

/** Null while it is not known, or nothing was learned. Whoever draws it follows `learnedSeries`. */
export function learnedRange(device: string, sensor: string): readonly [number, number] | null {
  const key = keyOf(device, sensor);
  const known = found.get(key);
  if (known !== undefined) return known;
  found.set(key, null);
  wanted.push({ device, sensor });
  plan();
  return null;
}
