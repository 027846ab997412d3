// SPDX-License-Identifier: Apache-2.0
// Shows what is asked for again and again, or why it can't be: who may see it, what failed, retry.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../i18n/say";
import { poll, type Polled } from "../state/polled";

export function usePolled<T>(ask: () => Promise<T>, everyMs: number): readonly [Polled<T>, () => void] {
  const [state, again, stop] = useMemo(() => poll(ask, everyMs), []);
  useEffect(() => stop, []);
  return [state.value, again];
}

export function Shown<T>({ of, again, children }: { of: Polled<T>; again: () => void; children: (value: T) => ComponentChildren }) {
  if (of === null) return <div class="waiting" aria-hidden="true" />;
  if ("problem" in of) return <p class="problem" role="alert">{say.settings.notShown(of.problem)} <button type="button" class="button" onClick={again}>{say.chart.retry}</button></p>;
  return <>{children(of.value)}</>;
}
