// SPDX-License-Identifier: Apache-2.0
// The range of the open page: it begins with what the address says and keeps the address true, so
// that a copied link shows the same stretch.

import { effect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { parseSpan, spanName } from "../../lib/span";
import { longestSpan, shortestSpan, TimeRange, type View } from "../../state/range";
import { route, setQueries } from "../router";
import { openCursor, openRange, withBefore } from "./open-range";

const writeAfterMs = 300;

export function viewOf(query: URLSearchParams, fallback: number): View {
  const from = Number(query.get("from") ?? NaN);
  const to = Number(query.get("to") ?? NaN);
  if (from > 0 && to - from >= shortestSpan && to - from <= longestSpan) return { span: to - from, end: to };
  const span = parseSpan(query.get("range") ?? "");
  return { span: span !== null && span >= shortestSpan && span <= longestSpan ? span : fallback, end: null };
}

export function queryOf({ span, end }: View, fallback: number): Record<"range" | "from" | "to", string | null> {
  if (end === null) return { range: span === fallback ? null : spanName(span), from: null, to: null };
  return { range: null, from: String(Math.round(end - span)), to: String(Math.round(end)) };
}

export function usePageRange(fallback: number): TimeRange {
  const range = useMemo(() => new TimeRange(viewOf(route.peek().query, fallback)), []);
  useEffect(() => {
    openRange.value = range;
    openCursor.value = null;
    withBefore.value = route.peek().query.get("before") === "1";
    let timer: ReturnType<typeof setTimeout> | undefined;
    let written = range.view.peek();
    const stop = effect(() => {
      const view = range.view.value;
      clearTimeout(timer);
      if (view === written) return;
      timer = setTimeout(() => {
        written = view;
        setQueries(queryOf(view, fallback));
      }, writeAfterMs);
    });
    // Back and Forward bring the range of that address.
    const arrive = (): void => {
      written = viewOf(route.peek().query, fallback);
      range.show(written);
    };
    addEventListener("popstate", arrive);
    return () => {
      clearTimeout(timer);
      stop();
      removeEventListener("popstate", arrive);
      if (openRange.peek() === range) openRange.value = null;
    };
  }, [range]);
  return range;
}
