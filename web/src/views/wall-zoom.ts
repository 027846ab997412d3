// SPDX-License-Identifier: Apache-2.0
// How much larger a wall is drawn; 1 on a desk. What measures in pixels of the screen asks here.

import { signal } from "@preact/signals";

export const wallZoom = signal(1);
