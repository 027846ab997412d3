// SPDX-License-Identifier: Apache-2.0
// How the server does: rates, what waits, every reason for which something was dropped; and how this
// browser keeps up.

import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatCount, formatNumber } from "../../lib/format";
import { fetchCounters } from "../../state/admin";
import { Shown, usePolled } from "../polled";

const shownRates = ["telltale_messages_total", "telltale_readings_total", "telltale_live_events_total", "telltale_http_requests_total", "telltale_store_commits_total"] as const;
const shownNow = ["telltale_mqtt_connections", "telltale_clients", "telltale_clients_behind", "telltale_clients_conflated", "telltale_queue_store_bytes", "telltale_queue_serve", "telltale_queue_queries", "telltale_ingest_paused"] as const;

/** What takes time on the way from a device to the disk and to browsers: each has a sum and a count. */
const shownLags = ["telltale_ack_seconds", "telltale_commit_seconds", "telltale_tick_seconds"] as const;
/** Counters beside the reasons of what was dropped that should stay at zero. */
const unwanted = /_(forgotten|throttled|slowed|refused|unread|unreplayed|resyncs|overflows|failed|damaged)_total$/;

function useFrameTime(): number | null {
  const [ms, setMs] = useState<number | null>(null);
  useEffect(() => {
    let [last, sum, n, asked] = [0, 0, 0, 0];
    const frame = (now: number): void => {
      if (last > 0) {
        sum += now - last;
        n++;
      }
      last = now;
      if (n === 60) {
        setMs(sum / n);
        [sum, n] = [0, 0];
      }
      asked = requestAnimationFrame(frame);
    };
    asked = requestAnimationFrame(frame);
    return () => cancelAnimationFrame(asked);
  }, []);
  return ms;
}

/** How much each grew a second, and how long each thing took in the middle, since it was asked before. */
function useRates(counters: ReadonlyMap<string, number> | null): { readonly rate: (name: string) => number | null; readonly lag: (name: string) => number | null } {
  const before = useRef<{ counters: ReadonlyMap<string, number>; at: number } | null>(null);
  const rates = useRef(new Map<string, number>());
  useEffect(() => {
    if (!counters) return;
    const at = performance.now();
    const last = before.current;
    const grew = (name: string): number => (counters.get(name) ?? 0) - (last?.counters.get(name) ?? 0);
    if (last && at - last.at > 500) {
      for (const name of shownRates) rates.current.set(name, Math.max(0, grew(name) / ((at - last.at) / 1000)));
      // Where nothing came, what was last seen stands.
      for (const name of shownLags) if (grew(`${name}_count`) > 0) rates.current.set(name, (grew(`${name}_sum`) / grew(`${name}_count`)) * 1000);
    }
    before.current = { counters, at };
  }, [counters]);
  const known = (name: string): number | null => rates.current.get(name) ?? null;
  return { rate: known, lag: known };
}

export function Health() {
  const [state, again] = usePolled(fetchCounters, 2000);
  const { rate, lag } = useRates(state && "value" in state ? state.value : null);
  const frame = useFrameTime();
  const words = say.settings;
  return (
    <section class="card settings-card" aria-labelledby="health">
      <h2 id="health">{words.health}</h2>
      <Shown of={state} again={again}>
        {(c) => {
          const dropped = [...c].filter(([name, n]) => n > 0 && (name.startsWith("telltale_dropped_total ") || unwanted.test(name))).sort((a, b) => b[1] - a[1]);
          return (
            <>
              <dl class="facts-list">
                {shownRates.map((n) => <><dt key={n}>{words.counters[n]}</dt><dd>{formatNumber(rate(n), 1)}{"\u202f"}/s</dd></>)}
                {shownLags.map((n) => <><dt key={n}>{words.counters[n]}</dt><dd>{lag(n) === null ? words.watching : `${formatNumber(lag(n), 1)}\u202fms`}</dd></>)}
                {shownNow.map((n) => <><dt key={n}>{words.counters[n]}</dt><dd>{formatCount(c.get(n) ?? 0)}</dd></>)}
                <dt>{words.frame}</dt><dd>{frame === null ? words.watching : `${formatNumber(frame, 1)}\u202fms`}</dd>
              </dl>
              <h3>{words.droppedTitle}</h3>
              {dropped.length === 0 ? <p class="quiet">{words.nothingDropped}</p> : (
                <table class="settings-table"><tbody>{dropped.map(([name, n]) => <tr key={name}><td>{name.replace(/^telltale_(dropped_total )?|_total$/g, "").replaceAll("_", " ")}</td><td class="cell-number">{formatCount(n)}</td></tr>)}</tbody></table>
              )}
            </>
          );
        }}
      </Shown>
    </section>
  );
}
