// SPDX-License-Identifier: Apache-2.0
// A part of the page that comes as a chunk of its own. Its place is held meanwhile; words come only
// when it takes long enough to be noticed.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/say";
import { Guard } from "./guard";

const noticedAfterMs = 150;

type Loaded<P> = ComponentType<P> | "loading" | "slow" | "failed";

export function Chunk<P extends object>({ load, loading, ...rest }: { load: () => Promise<ComponentType<P>>; loading: string } & P) {
  const [part, setPart] = useState<Loaded<P>>("loading");
  const [tries, again] = useState(0);
  useEffect(() => {
    setPart("loading");
    const timer = setTimeout(() => setPart((p: Loaded<P>) => (p === "loading" ? "slow" : p)), noticedAfterMs);
    load().then((view) => setPart(() => view), () => setPart("failed"));
    return () => clearTimeout(timer);
  }, [tries]);
  if (part === "loading") return <div class="page waiting" aria-hidden="true" />;
  if (part === "slow") return <p class="page quiet">{loading}</p>;
  if (part === "failed") return <p class="page quiet" role="alert">{say.failed} <button type="button" class="button" onClick={() => again(tries + 1)}>{say.chart.retry}</button></p>;
  const View = part;
  return <Guard><View {...rest as unknown as P} /></Guard>;
}
