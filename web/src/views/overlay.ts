// SPDX-License-Identifier: Apache-2.0

import { signal } from "@preact/signals";

/** What lies over the page. */
export const palette = signal<"search" | "keys" | null>(null);
