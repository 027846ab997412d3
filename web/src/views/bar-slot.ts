// SPDX-License-Identifier: Apache-2.0
// What a page puts into the bar above it, where the screen has room for it.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { roomy } from "./screen";

export const barSlot = signal<ComponentChildren>(null);

/** Shows it in the bar as long as the page is there; false: the bar has no room, so it is for the page to show. */
export function useBar(content: ComponentChildren, key: unknown): boolean {
  const fits = roomy.value;
  useEffect(() => {
    if (!fits) return;
    barSlot.value = content;
    return () => {
      barSlot.value = null;
    };
  }, [fits, key]);
  return fits;
}
