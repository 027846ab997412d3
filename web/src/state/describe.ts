// SPDX-License-Identifier: Apache-2.0
// Changes of what is known about devices.

import { patchDevice } from "../net/device";
import type { Device } from "../net/wire";
import { takeDevice } from "./fleet";

export type Description = Parameters<typeof patchDevice>[1];

/** Changes what is said of a device; what is shown follows the server's answer. */
export async function describe(id: string, change: Description): Promise<void> {
  const changed = await patchDevice(id, change);
  if (changed) takeDevice(changed);
}

/** Gives a tag to each that lacks it, one after the other; the first refusal ends it. */
export async function addTag(devices: readonly Device[], tag: string): Promise<void> {
  for (const d of devices) {
    if (d.tags.includes(tag)) continue;
    await describe(d.id, { tags: [...d.tags, tag] });
  }
}
