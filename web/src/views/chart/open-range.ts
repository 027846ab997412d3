// SPDX-License-Identifier: Apache-2.0

import { signal } from "@preact/signals";
import type { TimeRange } from "../../state/range";

/** The range that keys and the bar act on; null on a page without one. */
export const openRange = signal<TimeRange | null>(null);

/** Whether the charts of the page show the time before their window too. */
export const withBefore = signal(false);

/** The time that all charts of the page point at. */
export const openCursor = signal<number | null>(null);
