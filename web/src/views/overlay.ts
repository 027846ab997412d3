// SPDX-License-Identifier: Apache-2.0

import { signal } from "@preact/signals";

/** What lies over the page. */
export const palette = signal<"search" | "keys" | null>(null);

/** Whether an ended login is asked for; who closes the dialog opens it again by the stream's chip. */
export const asksLogin = signal(true);
