// SPDX-License-Identifier: Apache-2.0
// Changes of what is known about devices.

import { patchDevice } from "../net/rest";
import type { Device } from "../net/wire";
import { takeDevice } from "./fleet";

/** Gives a tag to each that lacks it, one after the other; the first refusal ends it. */
export async function addTag(devices: readonly Device[], tag: string): Promise<void> {
  for (const d of devices) {
    if (d.tags.includes(tag)) continue;
    const changed = await patchDevice(d.id, { tags: [...d.tags, tag] });
    if (changed) takeDevice(changed);
  }
}
