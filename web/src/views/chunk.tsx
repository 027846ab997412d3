// SPDX-License-Identifier: Apache-2.0
// A part of the page that comes as a chunk of its own. Its place is held meanwhile; words come only
// when it takes long enough to be noticed.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/say";
import { Guard } from "./guard";

const noticedAfterMs = 150;

export type Load<P> = () => Promise<ComponentType<P>>;

/** What came once is drawn at once; a catalogue of words that came changes with the language by itself. */
const came = new WeakMap<object, unknown>();

/** Fetches a view before its place is drawn. */
export async function fetchView<P>(load: Load<P>): Promise<ComponentType<P>> {
  const view = await load();
  came.set(load, view);
  return view;
}

type Loaded<P> = ComponentType<P> | "loading" | "slow" | "failed";

export function Chunk<P extends object>({ load, loading, ...rest }: { load: Load<P>; loading: string } & P) {
  const [part, setPart] = useState(() => (came.get(load) ?? "loading") as Loaded<P>);
  const [tries, again] = useState(0);
  useEffect(() => {
    // It may have come since this place was drawn.
    setPart(() => (came.get(load) ?? "loading") as Loaded<P>);
    if (came.has(load)) return;
    const timer = setTimeout(() => setPart((p: Loaded<P>) => (p === "loading" ? "slow" : p)), noticedAfterMs);
    fetchView(load).then((view) => setPart(() => view), () => setPart("failed"));
    return () => clearTimeout(timer);
  }, [tries]);
  if (part === "loading") return <div class="page waiting" aria-hidden="true" />;
  if (part === "slow") return <p class="page quiet">{loading}</p>;
  if (part === "failed") return <p class="page quiet" role="alert">{say.failed} <button type="button" class="button" onClick={() => again(tries + 1)}>{say.chart.retry}</button></p>;
  const View = part;
  return <Guard><View {...rest as unknown as P} /></Guard>;
}
